/** What the index keeps of a file: the summary of a household, or the content of a record that waits to be linked. */
import type { Rules } from '../sync/fold'
import type { FileBody } from '../vault'
import type { HouseholdSummary, UnlinkedRecord } from './contract'
import { foldFile, readStored, type KnownChange } from './file-state'
import { shown, summarise, type StoredSummary } from './summary'

export const HOUSEHOLD = 'household'
export const UNLINKED = 'unlinked_record'

export interface Line {
  household?: StoredSummary
  unlinked?: UnlinkedRecord
}

/** `replicas`: whose saves are own ones; `dismissed`: returned ones that their author has put away. */
export interface LineReaders {
  replicas: ReadonlySet<string>
  dismissed: ReadonlySet<string>
}

export function lineOf(rules: Rules, body: FileBody, readers: LineReaders): Line | undefined {
  if (body.left) return undefined
  const known = readStored(body)
  const state = foldFile(rules, known)
  if (body.kind === HOUSEHOLD) {
    const own = known.filter((change) => readers.replicas.has(change.change.replica))
    const unsent = own.filter((change) => !change.verdict || ['held', 'quarantined'].includes(change.verdict.status)).length
    const returned = own.filter((change) => isReturned(change) && !readers.dismissed.has(change.id)).length
    const updatedAt = known.reduce((latest, change) => Math.max(latest, change.verdict?.received_at ?? change.change.at), 0)
    return { household: summarise(state, { unsent, returned, updatedAt }) }
  }
  if (body.kind !== UNLINKED || shown(state, 'linked_to')) return {}
  const words = (path: string): string => (typeof shown(state, path) === 'string' ? (shown(state, path) as string) : '')
  const at = shown(state, 'recorded_at')
  return {
    unlinked: {
      fileId: body.file,
      villageName: words('village_name'),
      personName: words('person_name'),
      note: words('note'),
      values: (shown(state, 'values') as Record<string, unknown> | null) ?? {},
      at: typeof at === 'number' ? at : (known[0]?.change.at ?? 0),
    },
  }
}

function isReturned(change: KnownChange): boolean {
  return change.verdict?.status === 'returned' || change.verdict?.status === 'declined'
}

const shownLines = new WeakMap<StoredSummary, HouseholdSummary>()

/** The same object for the same line, so that what search has worked out of it stays good. */
export function summaryOf(stored: StoredSummary, onRoute: boolean): HouseholdSummary {
  const known = shownLines.get(stored)
  if (known && known.onRoute === onRoute) return known
  const summary = { ...stored, onRoute }
  shownLines.set(stored, summary)
  return summary
}
