/** Who stands in a folded household: shown values, members, the head, ages. Pure; today is passed in. */
import type { FoldedLike } from './shapes'
import { isRealDate, readIdNumber } from './idNumber'

export interface Member { id: string; name: string; relation: string; gender: string | null; bornOn: string | null; diedOn: string | null; values: { [field: string]: unknown } }

/** The value that stands for a path: the settled one; in an open conflict the one last settled. undefined: not asked. */
export function shownValue(state: FoldedLike, path: string): unknown {
  const found = state.paths[path]
  if (!found) return undefined
  return found.status === 'conflict' ? (found.stands ?? null) : found.value
}

/** Shown values of an element, or of the root for ''; only what was ever written. */
export function shownValues(state: FoldedLike, element = ''): { [field: string]: unknown } {
  const values: { [field: string]: unknown } = {}
  const prefix = element ? element + '/' : ''
  for (const path of Object.keys(state.paths)) {
    const name = path.slice(prefix.length)
    if (path.indexOf(prefix) === 0 && name.indexOf('/') < 0 && name.charAt(0) !== '$') values[name] = shownValue(state, path)
  }
  return values
}

/** Ids of a collection's elements that are not struck out. */
export function listElements(state: FoldedLike, collection: string): string[] {
  return Object.keys(state.elements)
    .map((path) => state.elements[path] as FoldedLike['elements'][string])
    .filter((element) => element.collection === collection && !element.voided)
    .map((element) => element.id)
}

/** Every element that stands, with its id and the shown value of each field; one pass over the paths, however many elements. */
export function readElements(state: FoldedLike, collection: string): { [field: string]: unknown }[] {
  const found: { [id: string]: { [field: string]: unknown } } = {}
  const ids = listElements(state, collection)
  if (!ids.length) return []
  for (const id of ids) found[id] = { id }
  const start = collection.length + 1
  for (const path of Object.keys(state.paths)) {
    if (path.lastIndexOf(collection + '/', 0) !== 0) continue
    const slash = path.indexOf('/', start)
    const element = slash < 0 ? undefined : found[path.slice(start, slash)]
    const field = path.slice(slash + 1)
    if (element && field.charAt(0) !== '$') element[field] = shownValue(state, path)
  }
  return ids.map((id) => found[id] as { [field: string]: unknown })
}

const APPROVED = ['approved', 'amendment_pending', 'amendment_submitted', 'stale']

/** An approval is in force, whatever has been written since. */
export function isApproved(state: FoldedLike, path: string): boolean {
  return APPROVED.indexOf(state.sections?.[path]?.status ?? 'draft') >= 0
}

/** Members that are not struck out: the head first, then by relation code. */
export function listMembers(state: FoldedLike): Member[] {
  const members = listElements(state, 'members').map((id) => {
    const values = shownValues(state, `members/${id}`)
    return { id, name: text(values['name']), relation: text(values['relation']), gender: text(values['gender']) || null, bornOn: birthDate(values), diedOn: text(values['died_on']) || null, values }
  })
  return members.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1))
}

export function isHead(member: Member): boolean {
  return member.relation === '02' || member.relation === '01'
}

/** Birth date as written, else from a sound ID number. May be YYYY or YYYY-MM. */
export function birthDate(values: { [field: string]: unknown }): string | null {
  return text(values['born_on']) || readIdNumber(text(values['id_number'])).bornOn
}

/** Whole years on a day; from a partial date the year alone decides (±1). null where nothing is known. */
export function ageOn(bornOn: string | null, today: string): number | null {
  if (!bornOn || !/^\d{4}/.test(bornOn)) return null
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4))
  const known = bornOn.slice(5)
  const before = known !== '' && today.slice(5, 5 + known.length) < known
  return years - (before ? 1 : 0)
}

/** Age of a member, also from an age that was only told. The dead have none. */
export function memberAge(member: Member, today: string): number | null {
  if (member.diedOn) return null
  const age = ageOn(member.bornOn, today)
  if (age !== null) return age
  const told = member.values['age_told'] as { years?: number; on?: string } | null | undefined
  if (!told || typeof told.years !== 'number') return null
  return told.years + (told.on ? Number(today.slice(0, 4)) - Number(told.on.slice(0, 4)) : 0)
}

/** Living members under 18: what the visit form asks as `minors`. */
export function countMinors(state: FoldedLike, today: string): number {
  return listMembers(state).filter((member) => { const age = memberAge(member, today); return age !== null && age < 18 }).length
}

/** A whole real day, or null. */
export function day(value: unknown): string | null {
  return isRealDate(value) ? value : null
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function order(member: Member): number {
  if (isHead(member)) return 0
  return /^\d\d$/.test(member.relation) ? Number(member.relation) : 100
}
