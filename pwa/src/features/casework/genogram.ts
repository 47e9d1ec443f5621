/**
 * A family drawn by generations, from what each member is to the head: elders above, children below; couples side by side on one line. And
 * the surroundings drawn around it. Nobody draws anything: both follow from the file. Pure geometry.
 */
import type { FileView } from '../../device'
import { listMembers, readElements, text, texts, type Member } from '../../records/people'

export type Shape = 'man' | 'woman' | 'person'
export interface Figure { key: string; name: string; x: number; y: number; shape: Shape; isDead: boolean; isGone: boolean; isHead: boolean }
export interface Bond { key: string; kind: 'couple' | 'child' | 'tie'; points: string; quality: string }
export interface Outside { key: string; name: string; x: number; y: number; kind: string; quality: string; gives: boolean; line: string }
export interface Saying { key: string; from: string; to: string; tie: string; quality: string; support: string[] }
export interface Drawing { width: number; height: number; figures: Figure[]; bonds: Bond[]; size: number }

const STEP_X = 84
const STEP_Y = 96
const MARGIN = 44
const HALF = 22
const HEAD = ['01', '02']

/** Generations above the head; null: kin of some other sort, drawn beside the head's own. */
export function generationOf(relation: string): number | null {
  const ten = Number(relation.slice(0, 1))
  if (!/^\d\d$/.test(relation)) return null
  if (ten === 0 || ten === 1 || ten === 7) return 0
  if (ten === 2 || ten === 3) return -1
  if (ten === 4) return relation >= '47' && relation <= '48' ? -3 : -2
  if (ten === 5) return 1
  if (ten === 6) return 2
  if (relation >= '81' && relation <= '90') return 1
  return relation >= '93' && relation <= '96' ? -1 : null
}

const COUPLES: [(relation: string) => boolean, (relation: string) => boolean][] = [
  [(one) => HEAD.indexOf(one) >= 0, (other) => /^1\d$/.test(other)],
  [(one) => one === '51', (other) => other === '52'],
  [(one) => one === '53' || one === '55', (other) => other === '54' || other === '56'],
  [(one) => one === '61' || one === '63', (other) => other === '62' || other === '64'],
  [(one) => /^2[1-79]$/.test(one), (other) => other === '38'],
  [(one) => /^3[1-79]$/.test(one), (other) => other === '28'],
]

/** The family by generations. Lines say who is a couple and whose child one is, as far as the relations to the head tell. */
export function drawGenogram(view: FileView): Drawing {
  const members = listMembers(view.state)
  const rows = rowsOf(members)
  const widest = rows.reduce((most, row) => Math.max(most, row.length), 1)
  const width = Math.max(3, widest) * STEP_X
  const figures = rows.reduce<Figure[]>((all, row, depth) => {
    const left = (width - row.length * STEP_X) / 2 + STEP_X / 2
    return all.concat(row.map((member, place) => figure(member, left + place * STEP_X, MARGIN + depth * STEP_Y)))
  }, [])
  return { width, height: Math.max(1, rows.length) * STEP_Y, figures, bonds: bondsOf(members, figures, view), size: HALF }
}

/** Eldest generation first; within one the head and who is married stand together. */
function rowsOf(members: Member[]): Member[][] {
  const depths = members.map((member) => generationOf(member.relation) ?? 0)
  const levels = depths.filter((depth, i) => depths.indexOf(depth) === i).sort((a, b) => b - a)
  return levels.map((level) => coupled(members.filter((_, i) => depths[i] === level)))
}

function coupled(row: Member[]): Member[] {
  const left = [...row]
  const ordered: Member[] = []
  while (left.length) {
    const one = left.shift() as Member
    ordered.push(one)
    const partner = left.findIndex((other) => areCouple(one, other))
    if (partner >= 0) ordered.push(...left.splice(partner, 1))
  }
  return ordered
}

function areCouple(one: Member, other: Member): boolean {
  return COUPLES.some(([first, second]) => (first(one.relation) && second(other.relation)) || (first(other.relation) && second(one.relation)))
}

function figure(member: Member, x: number, y: number): Figure {
  const shape: Shape = member.gender === '1' ? 'man' : member.gender === '2' ? 'woman' : 'person'
  return { key: member.id, name: member.name || '?', x, y, shape, isDead: member.diedOn !== null, isGone: Boolean(text(member.values['moved_out_on'])), isHead: HEAD.indexOf(member.relation) >= 0 }
}

function bondsOf(members: Member[], figures: Figure[], view: FileView): Bond[] {
  const at = (id: string) => figures.find((one) => one.key === id)
  const bonds: Bond[] = []
  members.forEach((one, i) => members.slice(i + 1).forEach((other) => {
    const [a, b] = [at(one.id), at(other.id)]
    if (a && b && areCouple(one, other)) bonds.push({ key: `${one.id}+${other.id}`, kind: 'couple', points: `${a.x},${a.y} ${b.x},${b.y}`, quality: '' })
  }))
  for (const member of members) {
    const [child, parents] = [at(member.id), parentsOf(member, members).map((one) => at(one.id)).filter((one): one is Figure => one !== undefined)]
    if (!child || !parents.length) continue
    const [x, y] = [parents.reduce((sum, one) => sum + one.x, 0) / parents.length, parents[0]!.y]
    const middle = (y + child.y) / 2
    bonds.push({ key: `child ${member.id}`, kind: 'child', points: `${x},${y} ${x},${middle} ${child.x},${middle} ${child.x},${child.y}`, quality: '' })
  }
  for (const one of readElements(view.state, 'relations')) {
    const [a, b] = [at(text(one['person'])), at(text(one['other']))]
    const quality = text(one['quality'])
    if (a && b && quality && quality !== 'normal') bonds.push({ key: text(one['id']), kind: 'tie', points: `${a.x},${a.y} ${b.x},${b.y}`, quality })
  }
  return bonds
}

/** The parents that stand in the same file, where the relation to the head says who they are. */
function parentsOf(member: Member, members: Member[]): Member[] {
  const some = (test: (relation: string) => boolean) => members.filter((one) => one.id !== member.id && test(one.relation))
  const relation = member.relation
  if (/^[23]\d$/.test(relation) && relation !== '28' && relation !== '38') return some((one) => HEAD.indexOf(one) >= 0 || /^1\d$/.test(one))
  if (HEAD.indexOf(relation) >= 0 || /^7[1357]$/.test(relation)) return some((one) => one === '51' || one === '52')
  if (relation === '51') return some((one) => one === '61' || one === '62')
  if (relation === '52') return some((one) => one === '63' || one === '64')
  if (relation === '41' || relation === '42') return onlyOne(some((one) => /^2[1-79]$/.test(one)), some((one) => one === '38'))
  if (relation === '43' || relation === '44') return onlyOne(some((one) => /^3[1-79]$/.test(one)), some((one) => one === '28'))
  return []
}

/** A grandchild's parents are known when there is one child (with or without spouse) whose it can be. */
function onlyOne(children: Member[], spouses: Member[]): Member[] {
  return children.length + spouses.length && children.length <= 1 && spouses.length <= 1 ? children.concat(spouses) : []
}

const RING = 128
const CENTRE = 170

/** What stands around the family: people and bodies outside it, each with how the tie is and whether help comes from it. */
export function drawEcomap(view: FileView): Outside[] {
  const found = readElements(view.state, 'relations').filter((one) => text(one['other_name']) || (text(one['other_kind']) && !text(one['other'])))
  return found.map((one, place) => {
    const angle = (2 * Math.PI * place) / found.length - Math.PI / 2
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const [x, y] = [Math.round(CENTRE + RING * cos), Math.round(CENTRE + RING * sin)]
    const line = `M${Math.round(CENTRE + 44 * cos)} ${Math.round(CENTRE + 44 * sin)}L${Math.round(CENTRE + (RING - 30) * cos)} ${Math.round(CENTRE + (RING - 30) * sin)}`
    return { key: text(one['id']), name: text(one['other_name']), x, y, kind: text(one['other_kind']), quality: text(one['quality']) || 'normal', gives: texts(one['support']).length > 0, line }
  })
}

/** Every tie as words, for those who hear the page and those who prefer to read. */
export function sayTies(view: FileView): Saying[] {
  const names = listMembers(view.state)
  const nameOf = (id: string) => names.find((member) => member.id === id)?.name ?? ''
  return readElements(view.state, 'relations').map((one) => ({
    key: text(one['id']), from: nameOf(text(one['person'])), to: nameOf(text(one['other'])) || text(one['other_name']), tie: text(one['tie']), quality: text(one['quality']) || 'normal', support: texts(one['support']),
  }))
}
