/** The line of a household in lists and search, taken from its folded state. Pure. */
import { categorySensitivity } from '../records'
import type { FoldedFile } from '../sync/fold'
import type { HouseholdSummary } from './contract'

export interface SummaryFacts {
  unsent: number
  returned: number
  updatedAt: number
}

/** What the index keeps; `onRoute` is added when it is read. */
export type StoredSummary = Omit<HouseholdSummary, 'onRoute'>

const RISKS = ['red', 'yellow', 'blue', 'green']
const HEADS = ['02', '01'] // GB/T 4761: head of household, self
const RESTRICTED = 3 // of sensitivity: never a word in a list

export function summarise(file: FoldedFile, facts: SummaryFacts): StoredSummary {
  const members = elementsOf(file, 'members').map((id) => (field: string) => shown(file, `members/${id}/${field}`))
  const head = members.find((member) => HEADS.includes(text(member('relation')))) ?? members[0]
  const visits = elementsOf(file, 'visits').map((id) => (shown(file, `visits/${id}/outcome`) === 'not_met' ? '' : text(shown(file, `visits/${id}/visited_on`))))
  const address = shown(file, 'address') as Record<string, unknown> | null
  const risk = shown(file, 'risk_level')
  const categories = [...texts(shown(file, 'categories')), ...members.flatMap((member) => texts(member('categories')))]
  return {
    fileId: file.file,
    headName: text(head?.('name')),
    memberNames: members.map((member) => text(member('name'))).filter(Boolean),
    phones: [...new Set([shown(file, 'phone'), ...members.map((member) => member('phone'))].map(text).filter(Boolean))],
    idTails: members.map((member) => text(member('id_number')).slice(-6)).filter(Boolean),
    villageId: text(address?.['village_id']) || null,
    address: addressLine(address),
    categories: [...new Set(categories)].filter((code) => categorySensitivity(code) < RESTRICTED).sort(),
    riskLevel: RISKS.includes(risk as string) ? (risk as HouseholdSummary['riskLevel']) : null,
    lastVisitOn: visits.filter(Boolean).sort().pop() ?? null,
    nextVisitOn: text(shown(file, 'next_visit_on')) || null,
    unsent: facts.unsent,
    conflicts: file.conflicts.length,
    returned: facts.returned,
    sectionStates: Object.values(file.sections).map((section) => section.status).filter((status) => status !== 'draft'),
    updatedAt: facts.updatedAt,
  }
}

/** Ids of a collection's elements that are not struck out. */
export function elementsOf(file: FoldedFile, collection: string): string[] {
  return Object.values(file.elements)
    .filter((element) => element.collection === collection && !element.voided)
    .map((element) => element.id)
}

/** The value that stands for a path: the settled one, or in an open conflict the last settled. */
export function shown(file: FoldedFile, path: string): unknown {
  const folded = file.paths[path]
  if (!folded) return null
  return folded.status === 'conflict' ? (folded.stands ?? null) : folded.value
}

function addressLine(address: Record<string, unknown> | null): string {
  if (!address) return ''
  const group = text(address['group_no'])
  return [text(address['village_name']), group && (/^\d+$/.test(group) ? `${group}组` : group), text(address['door'])].filter(Boolean).join(' ')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter(Boolean) : []
}
