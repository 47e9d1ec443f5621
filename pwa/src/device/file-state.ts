/** From the changes a phone keeps of a file to what a screen shows of it. Pure but for the rules that come in. */
import { changeId, dotOf, type Change, type Envelope } from '../sync/change'
import { fold, stateDigest, type FoldedFile, type FoldInput, type Rules } from '../sync/fold'
import { supersedes, type Verdict } from '../sync/verdict'
import { dotWithin } from '../sync/versions'
import type { FileBody, StoredChange } from '../vault'
import type { Fate, FileView, HistoryEntry } from './contract'

/** A change that was read: the parsed body beside the text that was signed. */
export interface KnownChange extends FoldInput {
  envelope: Envelope
  verdictEnvelope: Envelope | null
  verdict: Verdict | null
}

/** Who is who: names for a history, and which replicas are this person's here. */
export interface Readers {
  people: Record<string, string>
  replicas: ReadonlySet<string>
  received: ReadonlySet<string> // own changes that the server has but whose verdict was not seen yet
}

/** What stands in the vault was checked when it came in: here it is only parsed. */
export function readStored(body: FileBody): KnownChange[] {
  return body.changes.map((stored) => ({
    id: changeId(stored.envelope.body),
    change: JSON.parse(stored.envelope.body) as Change,
    verdict: stored.verdict ? (JSON.parse(stored.verdict.body) as Verdict) : null,
    envelope: stored.envelope,
    verdictEnvelope: stored.verdict,
  }))
}

/** Adds changes and newer verdicts to a file. Null when nothing is new. `trusted` verdicts only. */
export function merge(body: FileBody, news: readonly StoredChange[], verdicts: readonly Envelope[] = []): FileBody | null {
  const changes = [...body.changes]
  const placeOf = new Map(changes.map((stored, index) => [changeId(stored.envelope.body), index]))
  let changed = false
  const decide = (id: string, envelope: Envelope | null): void => {
    const index = placeOf.get(id)
    const stored = index === undefined ? undefined : changes[index]
    if (index === undefined || !stored || !envelope) return
    const earlier = stored.verdict ? (JSON.parse(stored.verdict.body) as Verdict) : null
    if (!supersedes(JSON.parse(envelope.body) as Verdict, earlier)) return
    changes[index] = { ...stored, verdict: envelope }
    changed = true
  }
  for (const { envelope, verdict } of news) {
    const id = changeId(envelope.body)
    if (!placeOf.has(id)) {
      placeOf.set(id, changes.length)
      changes.push({ envelope, verdict: null })
      changed = true
    }
    decide(id, verdict)
  }
  for (const envelope of verdicts) decide((JSON.parse(envelope.body) as Verdict).change, envelope)
  return changed ? { ...body, changes } : null
}

/** The state as a form shows it: accepted changes, and of this person's own what is unsent or held. */
export function foldFile(rules: Rules, known: readonly KnownChange[], replicas: ReadonlySet<string>, file?: string): FoldedFile {
  const own = (one: KnownChange): boolean => replicas.has(one.change.replica) && one.verdict?.status === 'held'
  return fold(rules, known.map((one) => (own(one) ? { ...one, verdict: null } : one)), file) // prettier-ignore
}

export function digestOf(rules: Rules, known: readonly KnownChange[], file?: string): string {
  return stateDigest(fold(rules, known.filter(isAccepted), file))
}

/** Of the changes around a file those that show in it: its own, and those of what it absorbed. */
export function shownOf(known: readonly KnownChange[], state: FoldedFile): KnownChange[] {
  const files = new Set([state.file, ...state.absorbs.map(({ file }) => file)])
  return known.filter(({ change }) => files.has(change.file))
}

function isAccepted(known: KnownChange): boolean {
  return known.verdict?.status === 'accepted'
}

export function fateOf(known: Pick<KnownChange, 'id' | 'verdict'>, received: ReadonlySet<string>): Fate {
  return known.verdict?.status ?? (received.has(known.id) ? 'sent' : 'unsent')
}

/** `others`: what was ever merged with the file. */
export function viewOf(rules: Rules, body: FileBody, readers: Readers, others: readonly FileBody[] = []): FileView {
  const known = [...readStored(body), ...others.flatMap(readStored)]
  const state = foldFile(rules, known, readers.replicas, body.file)
  return {
    fileId: body.file,
    kind: body.kind,
    scope: body.scope,
    state,
    base: { vector: state.vector, except: state.except },
    seen: known.some(isAccepted) ? digestOf(rules, known, body.file) : null,
    history: shownOf(known, state).map((change) => historyIn(body.file, change, readers)).sort(newestFirst),
    readonly: body.left,
  }
}

/** Under the name that the file has for its dot: of a change of an absorbed file, another than its own (N-7). */
function historyIn(file: string, known: KnownChange, readers: Readers): HistoryEntry {
  return { ...historyEntry(known, readers), dot: dotWithin(dotOf(known.change), known.change.file, file) }
}

export function historyEntry(known: KnownChange, readers: Readers): HistoryEntry {
  const { change, verdict } = known
  return {
    changeId: known.id,
    dot: dotOf(change),
    act: change.act,
    ops: change.ops,
    about: change.about ?? null,
    reason: change.reason ?? null,
    personId: change.person,
    personName: readers.people[change.person] ?? '',
    replica: change.replica,
    at: change.at,
    receivedAt: verdict?.received_at ?? null,
    position: verdict?.status === 'accepted' ? verdict.position : null,
    fate: fateOf(known, readers.received),
    reasons: verdict?.reasons ?? [],
    own: readers.replicas.has(change.replica),
    reissues: change.reissues ?? null,
  }
}

/** As the file came to be: accepted ones by position, others by when they were made; undecided above decided. */
function newestFirst(a: HistoryEntry, b: HistoryEntry): number {
  if (a.position !== null && b.position !== null) return b.position - a.position
  return b.at - a.at || Number(b.position === null) - Number(a.position === null)
}
