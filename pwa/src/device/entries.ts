/** What the lines of the index say, and the summaries that lists show of them. */
import type { HouseholdSummary, UnlinkedRecord } from './contract'
import type { StoredSummary } from './summary'

export const HOUSEHOLD = 'household'
export const UNLINKED = 'unlinked_record'
export const RESTRICTED = 'restricted_record'

export interface Line {
  household?: StoredSummary
  unlinked?: UnlinkedRecord
  /** A restricted record that one reads: about which household. */
  restricted?: { household: string }
  /** Files that it was ever merged with: a fold of it needs theirs. */
  merges?: string[]
  /** It shows in this file, and in no list by itself. */
  absorbedBy?: string
  /** It went to another patch and stays until nothing of one's own hangs on it. `scope`: where it was known to be last. */
  leaving?: { headName: string; scope: string }
}

const shownLines = new WeakMap<StoredSummary, HouseholdSummary>()

/** The same object for the same line, so that what search has worked out of it stays good. */
export function summaryOf(stored: StoredSummary, onRoute: boolean, over?: Partial<HouseholdSummary>): HouseholdSummary {
  const known = shownLines.get(stored)
  if (known && known.onRoute === onRoute && known.warned === over?.warned) return known
  const summary = { ...stored, onRoute, ...over }
  shownLines.set(stored, summary)
  return summary
}
