/** Thirty invented households for practising without a server: no real person, no real place, ID numbers of the place 990. */
import type { Operation } from '../sync/change'
import type { Warning } from '../records/local'
import type { Patch, Village } from './contract'

export const STATION = { id: 'a0'.repeat(16), name: '青石乡社会工作服务站' }
export const SCOPE = 'b1'.repeat(16)
export const PEOPLE: Record<string, string> = {
  ['c1'.repeat(16)]: '林小禾',
  ['c2'.repeat(16)]: '周远',
  ['c3'.repeat(16)]: '何敏',
}
export const ME = 'c1'.repeat(16)
export const VILLAGES: Village[] = ['青石村', '柳湾村', '上坪村', '白鹭村'].map((name, index) => ({ id: hex(`village${index}`), name, scope: SCOPE }))

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
export const WARNINGS: Warning[] = [{ id: hex('warning'), kind: 'disaster_warning', on: inDays(0), until: inDays(2), villages: [VILLAGES[1]!.id], note: '寒潮蓝色预警，看看取暖和用电' }]

export const PATCHES: Patch[] = [
  { id: SCOPE, name: '东片', villages: VILLAGES.map((village) => village.name), people: [{ personId: ME, name: '林小禾', duty: 'worker' }, { personId: 'c3'.repeat(16), name: '何敏', duty: 'deputy' }] },
  { id: 'b2'.repeat(16), name: '西片', villages: ['云溪村', '石桥村'], people: [{ personId: 'c2'.repeat(16), name: '周远', duty: 'worker' }, { personId: 'c3'.repeat(16), name: '何敏', duty: 'deputy' }] },
]

const FAMILY = ['单', '曾', '赵', '欧阳', '钱', '孙', '李', '周', '吴', '仇']
const GIVEN = ['桂英', '守田', '玉兰', '建国', '小军', '春梅', '德福', '秀芳', '文斌', '长顺', '思雨', '佳怡']
const CATEGORIES = ['elder_alone', 'disabled', 'dibao', 'elder_empty_nest', 'tekun_home', 'elder_dementia']
const RISKS = ['green', 'blue', 'green', 'yellow', 'green', 'red']

/** Thirty-two hex digits from a word: stable ids for invented things. */
export function hex(word: string): string {
  let text = ''
  for (let round = 0; text.length < 32; round++) {
    let hash = 2166136261 ^ round
    for (const character of word) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0
    text += hash.toString(16).padStart(8, '0')
  }
  return text.slice(0, 32)
}

export interface PracticeHousehold {
  fileId: string
  ops: Operation[]
}

export function makeHouseholds(today: string): PracticeHousehold[] {
  return Array.from({ length: 30 }, (_, index) => makeHousehold(index, today))
}

function makeHousehold(index: number, today: string): PracticeHousehold {
  const village = VILLAGES[index % VILLAGES.length] as Village
  const family = FAMILY[index % FAMILY.length] as string
  const head = family + (GIVEN[(index * 5) % GIVEN.length] as string)
  const old = index % 3 !== 1
  const members: Operation[] = [
    member(index, 0, { name: head, relation: '02', gender: index % 2 ? '1' : '2', born_on: old ? `19${40 + (index % 15)}-0${1 + (index % 9)}-12` : `198${index % 10}-05-20` }),
    member(index, 1, { name: family + (GIVEN[(index * 7 + 3) % GIVEN.length] as string), relation: '20', gender: '1', born_on: `19${70 + (index % 20)}-03-15` }),
  ]
  if (index % 4 === 0) members.push(member(index, 2, { name: family + '小宝', relation: '40', gender: '2', born_on: '2015-09-01', categories: ['child_left_behind'] }))
  if (TWICE.includes(index)) members.push(member(index, 8, { name: '柳玉兰', relation: '10', gender: '2', born_on: '1946-07-12', id_number: TWICE_NUMBER, id_number_state: 'sound' }))
  const ops: Operation[] = [
    { op: 'set', path: 'address', value: { village_id: village.id, village_name: village.name, group_no: String(1 + (index % 6)), door: String(10 + index) } },
    { op: 'set', path: 'phone', value: `1990000${String(1000 + index * 37).slice(-4)}` },
    { op: 'set', path: 'risk_level', value: RISKS[index % RISKS.length] as string },
    { op: 'set', path: 'household_size', value: members.length },
    { op: 'set', path: 'next_visit_on', value: shiftDays(today, (index % 20) - 4) },
    { op: 'set', path: 'income_yearly_fen', value: 1_200_000 + index * 50_000 },
    { op: 'set', path: 'ledger_number', value: `QS-${String(index + 1).padStart(3, '0')}` },
    { op: 'add', path: 'categories', value: CATEGORIES[index % CATEGORIES.length] as string },
    ...members,
  ]
  ops.push(...contradictions(index, today))
  if (index % 5 === 2) ops.push({ op: 'set', path: 'directions', value: '村口小卖部后面第二家，有狗。' })
  return { fileId: hex(`household${index}`), ops }
}

/** Two households list one person, one counts its members wrong, one was visited after a death: what a deputy settles. */
const TWICE = [6, 14]
const TWICE_NUMBER = '990101194607120017'
const MISCOUNTED = 9
const DEAD = 12
function contradictions(index: number, today: string): Operation[] {
  if (index === MISCOUNTED) return [member(index, 9, { name: '柳小军', relation: '40', gender: '1', born_on: '2012-04-02' })]
  if (index !== DEAD) return []
  const visit = { visited_on: shiftDays(today, -6), method: 'home', outcome: 'met', met_members: [hex(`member${index}-1`)] }
  return [{ op: 'set', path: `members/${hex(`member${index}-1`)}/died_on`, value: shiftDays(today, -20) }, { op: 'append', path: 'visits', id: hex(`visit${index}`), value: visit }]
}

function member(household: number, index: number, value: Record<string, string | string[]>): Operation {
  const born = String(value['born_on']).replace(/-/g, '')
  const idNumber = `990101${born}${String(household * 3 + index).padStart(3, '0')}X`
  return { op: 'append', path: 'members', id: hex(`member${household}-${index}`), value: { id_number: idNumber, id_number_state: 'doubtful', ...value } }
}

export function shiftDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
