/**
 * The phone as a witness of the server's log (PROTOCOL.md 14): what it remembers, what it says to a log that differs, what it
 * brings back. Nothing of an answer is stored whose log does not begin with what is remembered; what a restarted server forgot
 * stays due until all of it was brought back and a sync was answered after it.
 */
import { Problem } from '../api'
import type { Envelope } from '../sync/change'
import { SyncError } from '../sync/errors'
import { emptyMemory, filesHash, isForgotten, listClaims, readRestart, readRoot, recovered, takeRestarts, takeRoot, takeSigned, type LogMemory } from '../sync/log'
import { BATCH_BYTES_MAX, CHANGES_PER_BATCH_MAX, FILES_PER_HAVE_MAX, type HaveAnswer, type PackedFile, type PackHead, type SyncAnswer } from '../sync/messages'
import { stationKeys } from '../sync/handover'
import { openSigned } from '../sync/signatures'
import { readVerdict, type Verdict } from '../sync/verdict'
import { rewindUploads, VaultError, type FileBody, type OpenVault, type StoredChange, type SyncState } from '../vault'
import { DeviceError } from './errors'
import { othersOf } from './merged'
import type { Phone } from './phone'
import { takeIn, Verifier, type FileNews } from './taking-in'

const REMEMBERED_MAX = 64
const REFUSED = ['log_behind', 'log_differs']
const HASH_OF_NOTHING = '0'.repeat(64) // fits no file: what the server holds is sent
const SHOWN_MS = 14 * 86_400_000

export function memoryOf(sync: SyncState): LogMemory {
  return sync.log ?? emptyMemory()
}

/** Of the server's restart, what a person is told for two weeks. */
export function restoredOf(sync: SyncState, now: number): { at: number; brought: number } | null {
  return sync.restored && now - sync.restored.at < SHOWN_MS ? sync.restored : null
}

export function isRefusal(error: unknown): boolean {
  return error instanceof Problem && REFUSED.includes(error.code)
}

/**
 * The memory after an answer to a request that named `claimed`. Throws `log_behind`, `log_differs`: store nothing of it. With
 * this answer the server has what was brought back to it in this run: only now the restart is over (L-11).
 */
export async function checkAnswer(phone: Phone, claimed: LogMemory, answer: SyncAnswer, verdicts: readonly Verdict[]): Promise<LogMemory> {
  return guarded(async () => {
    if (!answer.log) {
      const known = claimed.signed ? readRoot(claimed.signed.body).position : null
      if (known !== null && verdicts.some((verdict) => verdict.position > known)) throw new SyncError('log_differs', '', 'The log that holds these entries is not shown.')
      return recovered(claimed)
    }
    await believe(phone, answer.log.root, 'root')
    return recovered(takeRoot(claimed, readRoot(answer.log.root.body), answer.log.proof, answer.log.root))
  })
}

/** A pack made where this phone remembers a root must be of that very log (L-6). */
export async function checkPack(phone: Phone, sync: SyncState, head: Partial<PackHead>): Promise<void> {
  const signed = head.root
  if (!signed) return
  await guarded(async () => {
    await believe(phone, signed, 'root')
    const root = readRoot(signed.body)
    const memory = memoryOf(sync)
    const other = root.epoch === memory.epoch && memory.roots.some((one) => one.size === root.size && one.hash !== root.hash)
    if (other) throw new SyncError('log_differs', '', 'A pack is of another log.')
  })
}

/** Shows what is remembered to a server whose log differs, and takes its restart statements in. */
export async function testify(phone: Phone, vault: OpenVault): Promise<void> {
  const memory = memoryOf(await vault.readSync())
  const told = await phone.calls.witness({ root: memory.signed, remembered: listClaims(memory, REMEMBERED_MAX) })
  if (told.state === 'differs') throw new DeviceError('log_differs')
  const after = await guarded(async () => {
    await believe(phone, told.root, 'root')
    await Promise.all(told.restarts.map((restart) => believe(phone, restart, 'restart')))
    return takeRestarts(memory, told.restarts.map((restart) => readRestart(restart.body))) // prettier-ignore
  })
  if (after === memory) return
  const last = readRestart((told.restarts[told.restarts.length - 1] as Envelope).body)
  const log = takeSigned(after, readRoot(told.root.body), told.root)
  await keep(phone, vault, { log, restored: { at: last.at, brought: 0 }, recheck: true })
}

/** Sends what the server forgot, with its own verdicts. It is due again at each run until a sync was answered after it. */
export async function bringBack(phone: Phone, vault: OpenVault): Promise<void> {
  const sync = await vault.readSync()
  const memory = memoryOf(sync)
  if (!memory.forgotten.length) return
  const due = await listDue(phone, vault, memory)
  let done = 0
  let brought = 0
  for (const batch of batchesOf(due)) {
    phone.say({ progress: { done, total: due.length, what: 'files' } })
    const { results } = await phone.calls.giveBack(batch)
    brought += results.filter((result) => result.code === 'taken').length
    done += batch.length
  }
  await rewindUploads(vault.database)
  const restored = { at: sync.restored?.at ?? phone.now(), brought: (sync.restored?.brought ?? 0) + brought }
  await keep(phone, vault, { restored })
  phone.say({ progress: null, restored: restoredOf(await vault.readSync(), phone.now()) })
}

/** Fetches those of these files of which the server holds other changes (L-9); gives those that still differ. */
export async function mend(phone: Phone, vault: OpenVault, digests: Record<string, string>): Promise<string[]> {
  const differing = Object.keys(digests)
  const asked: Record<string, string> = {}
  for (const file of differing.slice(0, FILES_PER_HAVE_MAX)) {
    const body = await bodyOf(vault, file)
    // What the file absorbed shows in it: the difference may lie there.
    for (const one of body && !body.left ? [body, ...(await othersOf(vault, body))] : []) asked[one.file] = hashOf(one.changes)
  }
  // A server that cannot compare is asked for everything instead.
  const { files } = await phone.calls.have({ files: asked, changes: true }).catch((error: unknown) => noneOf(error))
  return files.length ? takeFiles(phone, vault, files, digests, {}) : differing
}

/** Asks by name for files that are this phone's again and of which it was told no word (M-4c). What breaks off is due again. */
export async function fetchWanted(phone: Phone, vault: OpenVault): Promise<void> {
  for (let due = await wantedOf(vault); due.length; due = await wantedOf(vault)) {
    const asked = due.slice(0, FILES_PER_HAVE_MAX)
    const { differ, files } = await phone.calls.have({ files: Object.fromEntries(asked.map((file) => [file, HASH_OF_NOTHING])), changes: true })
    const came = new Set(files.map((packed) => packed.file))
    const waits = files.length ? differ.filter((file) => !came.has(file)) : []
    await takeFiles(phone, vault, files, {}, { wanted: [...waits, ...due.slice(asked.length)] })
  }
}

/** What no entry takes away, of a lost log or of a scope that no cursor knew, goes as if it left (M-4c). What breaks off is due again. */
export async function leaveForeign(phone: Phone, vault: OpenVault): Promise<void> {
  if (!(await vault.readSync()).recheck) return
  const open: string[] = []
  for (const file of await vault.listFiles()) {
    const body = await bodyOf(vault, file)
    if (body && !body.left && body.changes.some((stored) => verdictOf(stored)?.status === 'accepted')) open.push(file)
  }
  const news = new Map<string, FileNews>()
  for (let start = 0; start < open.length; start += FILES_PER_HAVE_MAX) {
    const asked = open.slice(start, start + FILES_PER_HAVE_MAX)
    const { unknown } = await phone.calls.have({ files: Object.fromEntries(asked.map((file) => [file, HASH_OF_NOTHING])) })
    for (const file of unknown) news.set(file, { kind: '', scope: null, changes: [], verdicts: [], entered: null, left: true })
  }
  const facts = { serverAt: phone.mustClear().server_at, digests: {}, isTail: false }
  await phone.exclusively(async () => takeIn(phone, vault, news, [], { ...(await vault.readSync()), recheck: false }, facts))
}

async function wantedOf(vault: OpenVault): Promise<string[]> {
  return (await vault.readSync()).wanted ?? []
}

async function takeFiles(phone: Phone, vault: OpenVault, files: readonly PackedFile[], digests: Record<string, string>, state: Partial<SyncState>): Promise<string[]> {
  const verifier = new Verifier(phone.mustPolicy())
  const news = new Map<string, FileNews>()
  for (const packed of files) news.set(packed.file, await believed(verifier, packed))
  const facts = { serverAt: phone.mustClear().server_at, digests, isTail: false }
  const taken = await phone.exclusively(async () => takeIn(phone, vault, news, [], { ...(await vault.readSync()), ...state }, facts))
  return taken.refetch
}

function noneOf(error: unknown): HaveAnswer {
  if (error instanceof Problem) return { differ: [], unknown: [], files: [] }
  throw error
}

async function believed(verifier: Verifier, packed: PackedFile): Promise<FileNews> {
  const read = await Promise.all(packed.changes.map((one) => verifier.change(one.envelope, one.verdict)))
  const changes = packed.changes.filter((_, at) => read[at]).map(({ envelope, verdict }) => ({ envelope, verdict }))
  return { kind: packed.kind, scope: packed.scope, changes, verdicts: [], entered: packed.scope, left: false }
}

async function listDue(phone: Phone, vault: OpenVault, memory: LogMemory): Promise<StoredChange[]> {
  const found = new Map<string, StoredChange[]>()
  for (const file of await vault.listFiles()) {
    const changes = (await bodyOf(vault, file))?.changes ?? []
    if (changes.some((stored) => isDue(memory, stored))) found.set(file, changes)
  }
  const missing = new Set<string>()
  const names = [...found.keys()]
  for (let start = 0; start < names.length; start += FILES_PER_HAVE_MAX) {
    const part = names.slice(start, start + FILES_PER_HAVE_MAX)
    const told = await phone.calls.have({ files: Object.fromEntries(part.map((file) => [file, hashOf(found.get(file) ?? [])])) })
    for (const file of [...told.differ, ...told.unknown]) missing.add(file)
  }
  const due = [...found].flatMap(([file, changes]) => changes.filter((stored) => isDue(memory, stored) && (missing.has(file) || verdictOf(stored)?.status !== 'accepted')))
  return due.sort((a, b) => (verdictOf(a)?.position ?? 0) - (verdictOf(b)?.position ?? 0))
}

function isDue(memory: LogMemory, stored: StoredChange): boolean {
  const verdict = verdictOf(stored)
  return verdict !== null && isForgotten(memory, verdict.position)
}

function verdictOf(stored: StoredChange): Verdict | null {
  return stored.verdict ? readVerdict(stored.verdict.body) : null
}

function hashOf(changes: readonly StoredChange[]): string {
  const verdicts = changes.map(verdictOf).filter((verdict): verdict is Verdict => verdict?.status === 'accepted')
  return filesHash(verdicts.map((verdict): [string, number] => [verdict.change, verdict.position]))
}

function batchesOf(due: readonly StoredChange[]): { envelope: Envelope; verdict: Envelope }[][] {
  const batches: { envelope: Envelope; verdict: Envelope }[][] = []
  let bytes = 0
  for (const { envelope, verdict } of due) {
    if (!verdict) continue
    const size = (envelope.body.length + verdict.body.length) * 2
    const last = batches[batches.length - 1]
    if (last && last.length < CHANGES_PER_BATCH_MAX && bytes + size <= BATCH_BYTES_MAX) last.push({ envelope, verdict })
    else bytes = Number(batches.push([{ envelope, verdict }]) < 0)
    bytes += size
  }
  return batches
}

async function bodyOf(vault: OpenVault, file: string): Promise<FileBody | null> {
  try {
    return (await vault.readFile(file))?.body ?? null
  } catch (error) {
    if (error instanceof VaultError) return null // damaged: it is fetched anew
    throw error
  }
}

async function keep(phone: Phone, vault: OpenVault, facts: Partial<SyncState>): Promise<void> {
  await phone.exclusively(async () => phone.commit(vault, { sync: { ...(await vault.readSync()), ...facts } }))
}

async function believe(phone: Phone, envelope: Envelope, type: string): Promise<void> {
  const policy = phone.mustPolicy()
  const body = await openSigned(envelope, await stationKeys(policy), type, policy.deployment)
  if (body.station !== policy.station.id) throw new SyncError('log_differs', 'station', 'Another station.')
}

/** What speaks against the server's log is never "some invalid document": it is told as such. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    throw new DeviceError(error.code === 'log_behind' ? 'log_behind' : 'log_differs', error.code)
  }
}
