/** What the practice phone's invented server answers, so that pages that need a network can be practised too. Nothing asked or sent leaves the page. */
import type { HouseholdSummary } from './contract'
import { DeviceError } from './errors'
import { hex, ME, PATCHES, PEOPLE, SCOPE, STATION } from './practice-data'

const DAY_MS = 86_400_000
const [, COLLEAGUE, DEPUTY] = Object.keys(PEOPLE) as [string, string, string]

export interface Asked {
  households: readonly HouseholdSummary[]
  /** A colleague's save that waits for a decision. */
  waiting: { change: string; file: string } | null
}

type Answer = (path: string, asked: Asked) => unknown

const person = (id: string, duty: string, scopes: string[], role: string | null = null) => ({ person_id: id, name: PEOPLE[id], duties: [{ duty, scopes }], devices: 1, until_at: null, ended_at: null, role })
const device = (id: string, label: string, facts: object) => ({
  replica: hex(`phone${label}`), person_id: id, person_name: PEOPLE[id], label, enrolled_at: Date.now() - 60 * DAY_MS, revoked_at: null, order_at: null, wiped_at: null, lease_until: Date.now() + 9 * DAY_MS,
  last_contact_at: Date.now() - 3 * 3_600_000, unsent_count: 0, unsent_since: null, software: 'practice', forks: 0, ...facts,
}) // prettier-ignore

const phones = () => [
  device(ME, '红米 9A', {}),
  device(COLLEAGUE, '荣耀畅玩 20', { unsent_count: 3, unsent_since: Date.now() - 2 * DAY_MS, last_contact_at: Date.now() - 4 * DAY_MS, lease_until: Date.now() + DAY_MS }),
  device(COLLEAGUE, '旧手机', { revoked_at: Date.now() - 10 * DAY_MS, order_at: Date.now() - 10 * DAY_MS, forks: 1 }),
]

const ANSWERS: [RegExp, Answer][] = [
  [/^\/people$/, () => ({ people: [person(ME, 'worker', [SCOPE]), person(COLLEAGUE, 'worker', [PATCHES[1]!.id], 'security'), person(DEPUTY, 'deputy', PATCHES.map((one) => one.id), 'system')], patches: PATCHES.map(({ id, name }) => ({ id, name })) })],
  [/^\/devices$/, () => ({ devices: phones() })],
  [/^\/devices\/[^/]+\/held$/, (_path, { households }) => ({ files: households.slice(0, 12).map((one) => ({ file: one.fileId, kind: 'household', scope: SCOPE, classes: ['person', 'health'], fields: ['name', 'id_number', 'disability'] })) })],
  [/^\/sessions$/, () => ({ devices: phones().filter((one) => one.person_id === ME).map((one) => ({ ...one, is_this: true, read_since: Date.now() - 3_600_000, read_until: Date.now() + DAY_MS, upload_until: Date.now() + 20 * DAY_MS })) })],
  [/^\/grants$/, (_path, { households }) => ({ grants: [{ grant_id: hex('grant1'), person_id: COLLEAGUE, file: households[0]?.fileId ?? null, scope: null, reason: '接手留守儿童的走访', asked_at: Date.now() - DAY_MS, until_at: Date.now() + 20 * DAY_MS, state: 'asked', decided_by: null, decided_at: null }, { grant_id: hex('grant2'), person_id: ME, file: null, scope: SCOPE, reason: '片区日常走访', asked_at: Date.now() - 9 * DAY_MS, until_at: Date.now() + 80 * DAY_MS, state: 'approved', decided_by: DEPUTY, decided_at: Date.now() - 8 * DAY_MS }] })],
  [/^\/readings$/, () => ({ on: today(), files: 14, files_max: 60, alarmed_at: null })],
  [/^\/readings\//, () => ({ readers: [{ person_id: ME, on: today(), first_at: Date.now() - 7_200_000, opened: 2, unmasked: 1, without_grant: false, reason: null }, { person_id: COLLEAGUE, on: today(-3), first_at: Date.now() - 3 * DAY_MS, opened: 1, unmasked: 0, without_grant: true, reason: '孩子一个人在路上哭，要找家里人' }] })],
  [/^\/alarms$/, (_path, { households }) => ({ alarms: [{ position: 41, at: Date.now() - 7_200_000, event: 'reading.budget', person_id: COLLEAGUE, replica: null, about: `151 files on ${today()}, 40 within an hour`, seen_by: null, seen_at: null }, { position: 33, at: Date.now() - 2 * DAY_MS, event: 'reading.minor', person_id: COLLEAGUE, replica: null, about: households[0]?.fileId ?? '', seen_by: DEPUTY, seen_at: Date.now() - DAY_MS }] })],
  [/^\/stand-ins$/, () => ({ stand_ins: [{ stand_in_id: hex('standin'), person_id: ME, for_person_id: DEPUTY, duty: 'deputy', from_at: Date.now() - DAY_MS, until_at: Date.now() + 6 * DAY_MS, state: 'running' }] })],
  [/^\/administrators$/, () => ({ mine: 'security', reads_audit: true, administrators: [{ person_id: DEPUTY, name: PEOPLE[DEPUTY], role: 'system' }, { person_id: ME, name: PEOPLE[ME], role: 'security' }] })],
  [/^\/recoveries$/, () => ({ recoveries: [{ recovery_id: hex('recovery'), person_id: COLLEAGUE, duty: 'worker', reason: '手机掉进河里，密码也忘了', asked_by: DEPUTY, asked_at: Date.now() - 3_600_000, expires_at: Date.now() + DAY_MS, confirmed_by: null, confirmed_at: null }] })],
  [/^\/audit\/verify$/, () => ({ entries: 318, position: null, reason: null, checked_at: Date.now() })],
  [/^\/audit\?/, () => ({ more: false, entries: [{ position: 316, at: Date.now() - DAY_MS, event: 'device.enrolled', person_id: ME, replica: hex('phone红米 9A'), about: '' }, { position: 317, at: Date.now() - 7_200_000, event: 'reading.budget', person_id: COLLEAGUE, replica: null, about: `151 files on ${today()}, 40 within an hour` }, { position: 318, at: Date.now() - 3_600_000, event: 'device.revoked', person_id: DEPUTY, replica: hex('phone旧手机'), about: '' }] })],
  [/^\/board$/, () => ({ entries: [{ entry: hex('need1'), state: 'open', need: '冬衣', kind: 'goods', words: '老人棉衣，大号', quantity: '2 件', patch: '东片', posted_on: today(-2), posted_by: ME, taken_by: null, taken_at: null, note: '', file: null, element: null }, { entry: hex('need2'), state: 'taken', need: '修屋顶', kind: 'service', words: '西屋漏雨', quantity: '1 间', patch: '西片', posted_on: today(-9), posted_by: COLLEAGUE, taken_by: ME, taken_at: Date.now() - DAY_MS, note: '村里的泥瓦匠愿意来', file: null, element: null }] })],
  [/^\/stations$/, () => ({ stations: [{ station_id: hex('station2'), name: '白鹭镇社会工作服务站' }] })],
  [/^\/review(\?|$)/, (_path, { waiting }) => ({ more: false, items: waiting ? [{ change: waiting.change, file: waiting.file, kind: 'household', scope: SCOPE, replica: hex('phone荣耀畅玩 20'), person_id: COLLEAGUE, act: 'save', status: 'quarantined', why: 'role_changed', position: 12, received_at: Date.now() - DAY_MS, reasons: [{ code: 'no_longer_allowed' }], asked_at: null, note: null }] : [] })],
  [/^\/referrals\/received$/, () => ({ parcels: [{ parcel_id: hex('parcel'), peer_name: '白鹭镇社会工作服务站', state: 'sent', made_at: Date.now() - DAY_MS }] })],
  [/^\/referrals\/sent$/, () => ({ parcels: [] })],
  [/^\/same-person$/, () => ({ items: [] })],
  [/^\/local$/, () => ({ sheets: [{ name: 'county', kind: 'county', number: 2, title: '县里的标准', text: '', is_withdrawn: false, written_by: DEPUTY, written_at: Date.now() - 20 * DAY_MS }] })],
  [/^\/local\/templates\//, () => ({ text: '' })],
  [/^\/ledger\/imports$/, () => ({ imports: [{ import_id: hex('import'), file_name: '十一月台账.xlsx', created_at: Date.now() - 5 * DAY_MS, person_id: DEPUTY, bytes: 184_320 }] })],
  [/^\/erasures$/, () => ({ erasures: [{ file: hex('erased'), scope: SCOPE, state: 'asked', asked_by: DEPUTY, asked_at: Date.now() - DAY_MS, reason: '本人要求删除，已核实身份', decided_by: null, decided_at: null }] })],
] // prettier-ignore

function today(days = 0): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
}

/** Questions are answered; whatever would change something at a station is refused in words. */
export function answer(method: string, path: string, asked: Asked): unknown {
  const found = method === 'GET' ? ANSWERS.find(([pattern]) => pattern.test(path)) : undefined
  if (!found) throw new DeviceError('practice', STATION.name)
  return found[1](path, asked)
}
