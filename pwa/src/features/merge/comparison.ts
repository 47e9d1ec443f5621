/** Two household files side by side: what each holds, who stands in both, and which one should stay. Pure. */
import type { FileView } from '../../device'
import { isHead, listElements, listMembers, shownValue, summarize } from '../../records'
import { markOf } from '../../records/semantic'

export interface ComparedMember { id: string; name: string; isHead: boolean; bornOn: string; both: boolean }
export interface Side {
  fileId: string
  name: string
  members: ComparedMember[]
  categories: string[]
  phone: string
  address: string
  visits: number
  lastVisitOn: string | null
  openedOn: string | null
  fileNumber: string
  approved: number // parts that a deputy approved
  waiting: number // parts submitted and not decided
  unsent: number
}

const APPROVED = ['approved', 'amendment_pending', 'amendment_submitted', 'stale']
const SUBMITTED = ['submitted', 'amendment_submitted']

/** Both sides; a member stands in both when the ID number, or else name and birth date, are the same. */
export function compareFiles(views: readonly [FileView, FileView], today: string): [Side, Side] {
  const keys = views.map((view) => new Set(listMembers(view.state).map((member) => keyOf(member.values, member.name, member.bornOn))))
  const side = (view: FileView, others: Set<string>): Side => {
    const members = listMembers(view.state)
    const facts = summarize(view.state, today)
    const text = (path: string): string => String(shownValue(view.state, path) ?? '')
    const statuses = Object.keys(view.state.sections).map((path) => (view.state.sections[path] as { status: string }).status)
    return {
      fileId: view.fileId,
      name: facts.headName,
      members: members.map((member) => ({
        id: member.id, name: member.name, isHead: isHead(member), bornOn: member.bornOn ?? '', both: others.has(keyOf(member.values, member.name, member.bornOn)),
      })), // prettier-ignore
      categories: facts.categories, // without restricted ones
      phone: text('phone'),
      address: facts.address,
      visits: listElements(view.state, 'visits').length,
      lastVisitOn: facts.lastVisitOn,
      openedOn: text('opened_on') || null,
      fileNumber: text('file_number'),
      approved: statuses.filter((status) => APPROVED.indexOf(status) >= 0).length,
      waiting: statuses.filter((status) => SUBMITTED.indexOf(status) >= 0).length,
      unsent: view.history.filter((entry) => entry.own && (entry.fate === 'unsent' || entry.fate === 'held')).length,
    }
  }
  return [side(views[0], keys[1] as Set<string>), side(views[1], keys[0] as Set<string>)]
}

function keyOf(values: { [field: string]: unknown }, name: string, bornOn: string | null): string {
  return markOf(values['id_number']) ?? `${name} ${bornOn ?? ''}`
}

export type Because = 'approved' | 'number' | 'visits' | 'older' | 'members' | 'either'

/** Which file should stay, and the one fact that says so: what was approved in a file counts only while that file stays. */
export function recommend(sides: readonly [Side, Side]): { stays: 0 | 1; because: Because } {
  const [first, second] = sides
  const more = (a: number, b: number): 0 | 1 | null => (a === b ? null : a > b ? 0 : 1)
  const tests: [Because, 0 | 1 | null][] = [
    ['approved', more(first.approved, second.approved)],
    ['number', more(Number(!!first.fileNumber), Number(!!second.fileNumber))],
    ['visits', more(first.visits, second.visits)],
    ['older', more(age(second.openedOn), age(first.openedOn))],
    ['members', more(first.members.length, second.members.length)],
  ]
  for (const [because, stays] of tests) if (stays !== null) return { stays, because }
  return { stays: first.fileId < second.fileId ? 0 : 1, because: 'either' }
}

/** Days as a number, so that the earlier is the smaller; a file without a date counts as new. */
function age(day: string | null): number {
  return day ? Number(day.split('-').join('')) : 99_999_999
}

/** Persons who stand in both files: each will be there twice until one is struck out. */
export function countBoth(sides: readonly [Side, Side]): number {
  return Math.min(...sides.map((side) => side.members.filter((member) => member.both).length))
}
