/** Takes in what the server sends: verdicts on own saves, others' changes, files that enter and leave, and checks of the result. */
import { readChange, type Change, type Envelope } from '../sync/change'
import { SyncError } from '../sync/errors'
import { stationKeys } from '../sync/handover'
import type { Entry, SyncAnswer } from '../sync/messages'
import { openVerdict, type StationKeys } from '../sync/signatures'
import { isFinal, type Verdict } from '../sync/verdict'
import { listUnfinished, VaultError, type FileBody, type FileWrite, type OpenVault, type OutboxRow, type StoredChange, type SyncState } from '../vault'
import { isBackedUp } from './backed-up'
import { digestOf, merge, readStored } from './file-state'
import { lined, othersOf } from './merged'
import type { Phone } from './phone'
import type { Policy } from './policy'

/** News of one file, already verified. */
export interface FileNews {
  kind: string
  scope: string | null
  changes: StoredChange[]
  verdicts: Envelope[]
  entered: string | null
  left: boolean
}

export interface Taken {
  faults: string[] // codes of what could not be believed or did not add up
  refetch: string[] // files to be fetched anew
}

interface Read {
  change: Change
  verdict: Verdict
}

/** Verifies what the server signed; what does not verify is left out and told. One bad record never stops another. */
export class Verifier {
  private keys: Promise<StationKeys>
  private readonly deployment: string
  readonly faults: string[] = []

  constructor(policy: Pick<Policy, 'verdict_key' | 'handovers' | 'deployment'>) {
    this.keys = stationKeys(policy)
    this.deployment = policy.deployment
  }

  async change(envelope: Envelope, verdict: Envelope): Promise<Read | null> {
    return this.guarded(async () => ({ change: readChange(envelope.body), verdict: await openVerdict(verdict, await this.keys, this.deployment, envelope.body) }))
  }
  async verdict(envelope: Envelope): Promise<Verdict | null> {
    return this.guarded(async () => openVerdict(envelope, await this.keys, this.deployment))
  }
  private async guarded<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      this.faults.push(error.code)
      return null
    }
  }
}

/** Sorts an answer by file. `answer.verdicts` are those of what was pushed. */
export async function sortNews(verifier: Verifier, answer: Pick<SyncAnswer, 'entries' | 'verdicts'>): Promise<{ news: Map<string, FileNews>; verdicts: Verdict[] }> {
  const news = new Map<string, FileNews>()
  const verdicts: Verdict[] = []
  const of = (file: string, kind = ''): FileNews => {
    const one: FileNews = news.get(file) ?? { kind, scope: null, changes: [], verdicts: [], entered: null, left: false }
    news.set(file, one)
    if (kind && !one.kind) one.kind = kind
    return one
  }
  const decided = (envelope: Envelope, verdict: Verdict | null) => {
    if (!verdict) return
    // A verdict on what could not even be read names no file.
    if (verdict.file) of(verdict.file).verdicts.push(envelope)
    else verifier.faults.push(verdict.reasons[0]?.code ?? 'malformed')
    verdicts.push(verdict)
  }
  // Verified all at once, sorted in the order of the answer.
  const [pushed, entries] = await Promise.all([
    Promise.all(answer.verdicts.map((envelope) => verifier.verdict(envelope))),
    Promise.all(answer.entries.map((entry) => (entry.kind === 'change' ? verifier.change(entry.envelope, entry.verdict) : entry.kind === 'verdict' ? verifier.verdict(entry.verdict) : null))),
  ])
  answer.verdicts.forEach((envelope, at) => decided(envelope, pushed[at] ?? null))
  for (const [at, entry] of answer.entries.entries()) {
    const read = entries[at] ?? null
    if (entry.kind === 'verdict') decided(entry.verdict, read as Verdict | null)
    else if (entry.kind === 'change') takeChange(entry, read as Read | null, of, verdicts)
    else if (entry.kind === 'enter') Object.assign(of(entry.file), { entered: entry.scope, left: false })
    else if (entry.kind === 'leave') Object.assign(of(entry.file), { entered: null, left: true })
  }
  return { news, verdicts }
}

function takeChange(entry: Entry & { kind: 'change' }, read: Read | null, of: (file: string, kind?: string) => FileNews, verdicts: Verdict[]): void {
  if (!read) return
  const one = of(read.change.file, read.change.kind)
  if (one.scope === null) one.scope = read.change.scope
  one.changes.push({ envelope: entry.envelope, verdict: entry.verdict })
  verdicts.push(read.verdict)
}

/**
 * Writes news and the sync state that covers them in one transaction. `digests`: what the server makes of each file; where
 * this phone's own fold says otherwise at equal schema version, the file is fetched anew. Call inside `exclusively`.
 */
export async function takeIn(phone: Phone, vault: OpenVault, news: Map<string, FileNews>, verdicts: Verdict[], sync: SyncState, facts: { serverAt: number; digests: Record<string, string>; isTail: boolean }): Promise<Taken> {
  const faults: string[] = []
  const refetch: string[] = []
  const files: FileWrite[] = []
  const removeFiles: string[] = []
  const outbox = await decidedRows(vault, verdicts)
  const waiting = await undecidedFiles(vault, outbox)
  const nexts = await Promise.all([...news].map(async ([file, one]) => ({ file, ...(await nextOf(vault, file, one, (body) => waiting.has(file) || !isBackedUp(phone, body, sync.backed_up))) })))
  const wanted = facts.isTail ? nexts.filter((next) => next.wanted).map((next) => next.file) : []
  if (wanted.length) sync = { ...sync, wanted: [...new Set([...(sync.wanted ?? []), ...wanted])] }
  for (const { file, write, remove, damaged } of nexts) {
    if (damaged) faults.push('damaged')
    // A tail holds only the latest of a file: what was made anew from it lacks the rest, so everything is asked for again.
    if (damaged && facts.isTail) sync = { ...sync, again: true }
    if (remove) removeFiles.push(file)
    if (write) files.push({ ...write, body: underEpoch(write.body, phone.mustPolicy().epoch) })
  }
  const bodies = new Map(files.map((write) => [write.body.file, write.body]))
  for (const [file, digest] of Object.entries(facts.digests)) {
    const body = bodies.get(file) ?? (await vault.readFile(file).catch(() => null))?.body
    const others = body ? await othersOf(vault, body, bodies) : []
    if (body && !agrees(phone, body, others, digest)) refetch.push(file)
  }
  if (refetch.length) faults.push('digest_differs')
  const damaged = sync.damaged.filter((file) => !bodies.has(file))
  await phone.commit(vault, { files: await lined(phone, vault, files), removeFiles, outbox, sync: { ...sync, damaged }, serverAt: facts.serverAt })
  return { faults, refetch }
}

/** A file on its way out remembers the policy under which it was still open here; one that came back forgets it. */
function underEpoch({ left_epoch: known, ...body }: FileBody, epoch: number): FileBody {
  return body.left ? { ...body, left_epoch: known ?? epoch } : body
}

/**
 * What becomes of one file. A record that no longer verifies is made anew from what the server sends. `wanted`: it is this
 * phone's again, nothing of it comes, and nothing of it, or a closed copy, is here.
 */
async function nextOf(vault: OpenVault, file: string, one: FileNews, stays: (body: FileBody) => boolean): Promise<{ write?: FileWrite; remove?: boolean; damaged?: boolean; wanted?: boolean }> {
  let read: { body: FileBody; rev: number } | null = null
  let damaged = false
  try {
    read = await vault.readFile(file)
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'damaged') throw error
    damaged = true
    read = { body: { file, kind: one.kind, scope: one.scope ?? '', left: false, changes: [] }, rev: await vault.revOf(file) }
  }
  const wanted = one.entered !== null && !one.changes.length && (!read || read.body.left)
  if (!read && !one.changes.length) return { wanted }
  const before: FileBody = read?.body ?? { file, kind: one.kind, scope: one.entered ?? one.scope ?? '', left: false, changes: [] }
  const merged = merge(before, one.changes, one.verdicts)
  const left = one.left || (before.left && !one.entered)
  if (left && !stays(merged ?? before)) return { remove: true }
  const scope = one.entered ?? before.scope
  if (!merged && !damaged && left === before.left && scope === before.scope) return {}
  return { write: { body: { ...(merged ?? before), left, scope }, rev: read?.rev ?? 0, line: undefined }, damaged, wanted }
}

function agrees(phone: Phone, body: FileBody, others: readonly FileBody[], digest: string): boolean {
  const rules = phone.rules[body.kind]
  if (!rules || phone.policy?.schema_versions[body.kind] !== rules.version) return true
  return digestOf(rules, [body, ...others].flatMap(readStored), body.file) === digest
}

async function decidedRows(vault: OpenVault, verdicts: Verdict[]): Promise<OutboxRow[]> {
  const rows = new Map<string, OutboxRow>()
  if (!verdicts.length) return []
  const outbox = new Map((await vault.database.getAll('outbox')).map((row) => [row.id, row]))
  for (const verdict of verdicts) {
    const row = rows.get(verdict.change) ?? outbox.get(verdict.change)
    // The sealed copy goes only when the server's signed word is final, or the server keeps the save for a person to decide.
    // What arrived altered is no verdict on what was sent: it goes up again.
    if (row && verdict.file === null) continue
    if (!row) continue
    const code = verdict.reasons[0]?.code
    const forked = verdict.status === 'quarantined' && code === 'fork'
    // Put away by its author, here or on another phone of theirs: it asks for nothing more.
    const dismissed = row.dismissed || (verdict.status === 'declined' && code === 'dismissed')
    rows.set(row.id, { ...row, fate: verdict.status, received: true, forked, dismissed, sealed: isFinal(verdict) || verdict.status !== 'held' ? null : row.sealed })
  }
  return [...rows.values()]
}

/** Files that something of one's own still hangs on: their key must stay, and with it what was refused until its author put it away. */
export async function undecidedFiles(vault: OpenVault, decided: OutboxRow[] = []): Promise<ReadonlySet<string>> {
  const fates = new Map(decided.map((row) => [row.id, row.fate]))
  const gone = new Set(decided.filter((row) => row.dismissed).map((row) => row.id))
  const rows = await vault.database.getAll('outbox')
  const undecided = rows.filter((row) => (fates.get(row.id) ?? row.fate) !== 'accepted' && !row.dismissed && !gone.has(row.id)).map((row) => row.file)
  return new Set([...undecided, ...(await listUnfinished(vault.database))])
}

