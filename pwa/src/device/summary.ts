/** The line of a household in lists and search, taken from its folded state: what records say of it and what became of saves. */
import { openAlarms, openReferrals } from '../records/open'
import { findSemanticConflicts, semanticLine, semanticRules, shownValue, summarize } from '../records'
import type { FoldedFile } from '../sync/fold'
import { isHalfApproved } from '../sync/steps'
import type { HouseholdSummary } from './contract'

export interface SummaryFacts {
  unsent: number
  returned: number
  toDecide: number
  updatedAt: number
}

/** What the index keeps; `onRoute` is added when it is read. */
export type StoredSummary = Omit<HouseholdSummary, 'onRoute'>

export function summarise(file: FoldedFile, facts: SummaryFacts, today: string): StoredSummary {
  const sectionStates = Object.values(file.sections).map((section) => (isHalfApproved(section) ? 'submitted_above' : (section.status as string))).filter((status) => status !== 'draft') // prettier-ignore
  const rules = semanticRules(file.kind)
  const line = semanticLine(rules, file)
  const semantic = { open: findSemanticConflicts(rules, file).filter((one) => !one.settled).length, marks: line.marks, settled: line.settled }
  const [alarms, referrals] = [openAlarms(file), openReferrals(file)]
  return { ...summarize(file, today), ...facts, ...(alarms.length ? { alarms } : {}), ...(referrals.length ? { referrals } : {}), semantic, conflicts: file.conflicts.length, sectionStates }
}

/** The value that stands for a path: the settled one, or in an open conflict the last settled. */
export function shown(file: FoldedFile, path: string): unknown {
  return shownValue(file, path) ?? null
}

/** The day where the phone is. */
export function dayOf(at: number): string {
  const day = new Date(at)
  return [day.getFullYear(), String(day.getMonth() + 1).padStart(2, '0'), String(day.getDate()).padStart(2, '0')].join('-')
}
