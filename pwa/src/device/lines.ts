/** What the index keeps of a file: the summary of a household, or the content of a record that waits to be linked. */
import type { FoldedFile, Rules } from '../sync/fold'
import type { FileBody } from '../vault'
import { foldFile, readStored, shownOf, type KnownChange } from './file-state'
import { mergesIn } from './merged'
import { minorUntil } from '../records/minors'
import { HOUSEHOLD, RESTRICTED, UNLINKED, type Line } from './entries'
import { dayOf, shown, summarise, type StoredSummary } from './summary'

/** `replicas`: whose saves are own ones; `dismissed`: returned ones that their author has put away. */
export interface LineReaders {
  replicas: ReadonlySet<string>
  dismissed: ReadonlySet<string>
  today: string // YYYY-MM-DD where the phone is
  person?: string // whose phone it is
}

export { dayOf }

const NO_FACTS = { unsent: 0, returned: 0, toDecide: 0, updatedAt: 0 }

/** `others`: what was ever merged with the file. */
export function lineOf(rules: Rules, body: FileBody, readers: LineReaders, others: readonly FileBody[] = []): Line | undefined {
  const line = ownLine(rules, body, readers, others)
  const merges = mergesIn(body)
  return line && merges.length ? { ...line, merges } : line
}

function ownLine(rules: Rules, body: FileBody, readers: LineReaders, others: readonly FileBody[]): Line | undefined {
  const known = readStored(body)
  if (body.left) return { leaving: { headName: body.kind === HOUSEHOLD ? summarise(foldFile(rules, known, readers.replicas), NO_FACTS, readers.today).headName : '', scope: body.scope } }
  if (body.kind === HOUSEHOLD) {
    const around = [...known, ...others.flatMap(readStored)]
    const state = foldFile(rules, around, readers.replicas, body.file)
    if (state.absorbed_by) return { absorbedBy: state.absorbed_by }
    return { household: { ...householdLine(state, shownOf(around, state), readers), scope: body.scope, minorUntil: minorUntil(state), found: isFinder(known, readers) } }
  }
  if (body.kind === RESTRICTED) return { restricted: { household: String(shown(foldFile(rules, known, readers.replicas), 'household') ?? '') } }
  if (body.kind !== UNLINKED) return {}
  // What the server returned is still what was recorded: it stays to be linked, or put right, by its author.
  const state = foldFile(rules, known.map((change) => (isReturned(change) ? { ...change, verdict: null } : change)), readers.replicas)
  if (shown(state, 'linked_to')) return {}
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
      ...(shown(state, 'seen_at') ? { seen: true } : {}),
    },
  }
}

function householdLine(state: FoldedFile, known: readonly KnownChange[], readers: LineReaders): StoredSummary {
  const own = known.filter((change) => readers.replicas.has(change.change.replica))
  const unsent = own.filter((change) => !change.verdict || ['held', 'quarantined'].includes(change.verdict.status)).length
  const returned = own.filter((change) => isReturned(change) && !readers.dismissed.has(change.id)).length
  const updatedAt = known.reduce((latest, change) => Math.max(latest, change.verdict?.received_at ?? change.change.at), 0)
  const toDecide = known.filter((change) => !readers.replicas.has(change.change.replica) && ['held', 'quarantined'].includes(change.verdict?.status ?? '')).length
  return { ...summarise(state, { unsent, returned, toDecide, updatedAt }, readers.today), ...numbered(state.file, known) }
}

const EPOCH = 2 ** 32 // positions of a log that was restarted begin anew above it
const DIGITS = 6

/** The household's number: the place in the station's log at which its first save was taken in. No two files share one; before it there is none. */
function numbered(file: string, known: readonly KnownChange[]): { number?: string } {
  const places = known.filter((one) => one.change.file === file && one.verdict?.status === 'accepted').map((one) => one.verdict!.position)
  if (!places.length) return {}
  const first = Math.min(...places) - 1
  const within = String((first % EPOCH) + 1).padStart(DIGITS, '0')
  return { number: first < EPOCH ? within : `${Math.floor(first / EPOCH) + 1}-${within}` }
}

/** Who wrote the first change that was taken in; as long as none was, the first of all. */
function isFinder(known: readonly KnownChange[], readers: LineReaders): boolean {
  const accepted = known.filter((change) => change.verdict?.status === 'accepted')
  const first = (accepted.length ? accepted : [...known]).sort((a, b) => (a.verdict?.received_at ?? a.change.at) - (b.verdict?.received_at ?? b.change.at))[0]
  return first !== undefined && (first.change.person === readers.person || readers.replicas.has(first.change.replica))
}

function isReturned(change: KnownChange): boolean {
  return change.verdict?.status === 'returned' || change.verdict?.status === 'declined'
}
