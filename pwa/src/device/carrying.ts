/**
 * Bundles: own saves made into a file for somebody to carry, files of others kept and handed in at the next contact, receipts
 * read or carried back. A save leaves the outbox by the server's signed verdict alone, however it travelled.
 */
import { Problem } from '../api'
import { BundleError, bundleId, fileName, fromFile, pack, readReceipt, readReceipts, receiptInfo, savesInfo, savesPlain, splitSaves, unpack, type Bundle, type SealedSave } from '../sync/bundle'
import type { Envelope } from '../sync/change'
import { SyncError } from '../sync/errors'
import { fromBase64url, toBase64url } from '../sync/signatures'
import {
  dropCarried, findCarried, keepCarried, listCarried, listUnreceived, listUnuploaded, noteHanded, openSealed, OUTBOX_INFO, sealTo, settleCarried, VaultError,
  type CarriedRow, type OpenVault, type OutboxRow, type VaultDatabase,
} from '../vault' // prettier-ignore
import type { CarriedFile, Carry, CarryStatus, TakenIn } from './carry-contract'
import { DeviceError } from './errors'
import { readStored } from './file-state'
import type { Phone } from './phone'
import { packed } from './saving'
import { sortNews, takeIn, Verifier } from './taking-in'

/** Refusals that say the bundle itself is at fault: it is not offered again. */
const FAULTS = new Set(['too_large', 'bundle_too_large', 'not_a_bundle', 'bundle_damaged', 'bundle_newer', 'bundle_elsewhere', 'bundle_kind', 'bundle_sealed', 'bundle_content', 'invalid_value'])
/** What was done stays listed for a while: whoever gave it may ask. */
const DONE_KEPT_MS = 14 * 86_400_000
const RECEIPTS_KEPT_MS = 60 * 86_400_000

export function carryOf(phone: Phone): Carry {
  return {
    status: () => status(phone),
    exportSaves: (ids) => exportSaves(phone, ids),
    noteHanded: async (ids) => noteHanded(phone.mustDatabase(), ids, phone.now()),
    take: (content) => asked(() => take(phone, content)),
    fileOf: async (id) => fileOf(await mustCarried(phone.mustDatabase(), id)),
    renewReceipts: (id) => asked(() => renewReceipts(phone, id)),
    drop: async (id) => dropCarried(phone.mustDatabase(), [id]),
  }
}

// --- own saves, out ---

/** Without the server's word, and not put away: their author still waits. */
function isAskedFor(row: OutboxRow): boolean {
  if (row.dismissed || (row.fate === 'unsent' && !row.received)) return false
  return row.fate === 'unsent' || row.fate === 'held' || row.fate === 'quarantined' || (row.fate === 'returned' && row.asked_at !== undefined)
}

async function status(phone: Phone): Promise<CarryStatus> {
  const database = phone.mustDatabase()
  const saves = (await listUnreceived(database)).filter((row) => row.sealed)
  const asks = (await database.getAll('outbox')).filter(isAskedFor)
  const handed = [...saves, ...asks].flatMap((row) => (row.handed_at === undefined ? [] : [row.handed_at]))
  const items = (await listCarried(database)).reverse()
  return {
    saves: saves.length,
    asks: asks.length,
    handed: handed.length,
    handedAt: handed.length ? Math.max(...handed) : null,
    recorded: await database.count('inbox'),
    photos: (await listUnuploaded(database)).length,
    items: items.map(({ id, kind, at, size, state, code, done_at, mine, others }) => ({ id, kind, at, size, state, code, doneAt: done_at, mine, others })),
  }
}

async function exportSaves(phone: Phone, ids?: readonly string[]): Promise<CarriedFile[]> {
  const database = phone.mustDatabase()
  const { items, ask } = ids ? await chosen(phone, database, ids) : await waiting(database)
  const { deployment, station, sealing_key } = phone.mustClear()
  // With the vault closed its own key is not at hand. This seals only the outside: each save within was sealed by the open vault.
  const key = fromBase64url(phone.policy?.sealing_key ?? sealing_key)
  const header = { kind: 'saves' as const, deployment, station: station.id }
  const files: CarriedFile[] = []
  for (const part of splitSaves(items, ask)) {
    const bytes = pack('saves', deployment, station.id, await sealTo(key, await savesPlain(part), savesInfo(header)))
    files.push({ id: bundleId(bytes), kind: 'saves', name: fileName(bytes), bytes, saves: [...part.items.map((item) => item.id), ...part.ask] })
  }
  return files
}

async function waiting(database: VaultDatabase): Promise<{ items: SealedSave[]; ask: string[] }> {
  const rows = (await listUnreceived(database)).filter((row) => row.sealed)
  const items = rows.map((row) => ({ id: row.id, sealed: toBase64url(row.sealed as Uint8Array) }))
  return { items, ask: (await database.getAll('outbox')).filter(isAskedFor).map((row) => row.id) }
}

/** These saves whatever became of them; one whose sealed copy is gone is sealed again from its open file. */
async function chosen(phone: Phone, database: VaultDatabase, ids: readonly string[]): Promise<{ items: SealedSave[]; ask: string[] }> {
  const items: SealedSave[] = []
  for (const id of ids) {
    const row = await database.get('outbox', id)
    if (!row) throw new DeviceError('not_found', 'no such save')
    items.push({ id, sealed: toBase64url(row.sealed ?? (await sealAgain(phone, row))) })
  }
  return { items, ask: [] }
}

async function sealAgain(phone: Phone, row: OutboxRow): Promise<Uint8Array> {
  const vault = phone.mustMain()
  const envelope = readStored((await vault.readFile(row.file))?.body ?? { file: row.file, kind: '', scope: '', left: false, changes: [] }).find((known) => known.id === row.id)?.envelope
  if (!envelope) throw new DeviceError('not_found', 'the save is not in its file')
  const certificate = vault.secrets?.replicas[row.replica]
  const plain = JSON.stringify({ certificates: certificate ? [certificate] : [], envelope })
  return sealTo(fromBase64url(phone.mustPolicy().sealing_key), await packed(plain), OUTBOX_INFO)
}

// --- what comes in ---

async function take(phone: Phone, content: Uint8Array): Promise<TakenIn> {
  const bytes = fromFile(content)
  const bundle = unpack(bytes)
  const { deployment, station } = phone.mustClear()
  if (bundle.deployment !== deployment || bundle.station !== station.id) throw new BundleError('bundle_elsewhere')
  const database = phone.mustDatabase()
  const row = await carriedRow(phone, bundle, bytes)
  const isNew = await keepCarried(database, row)
  if (bundle.kind === 'saves') {
    if (isNew) phone.onSaved() // goes up at once where there is a network
    return { kind: 'saves', isNew }
  }
  const isOpen = phone.vault?.mode === 'main'
  const decided = row.mine && isOpen ? await readOwn(phone, row) : 0
  return { kind: 'receipts', isNew, decided, waits: row.mine && !isOpen, others: row.others }
}

async function carriedRow(phone: Phone, bundle: Bundle, bytes: Uint8Array): Promise<CarriedRow> {
  const { replica } = phone.mustClear()
  const receipts = bundle.kind === 'receipts' ? await readReceipts(bundle.payload) : []
  const others = new Set(receipts.map((receipt) => receipt.to).filter((to) => to !== replica)).size
  const mine = receipts.some((receipt) => receipt.to === replica)
  return { id: bundleId(bytes), kind: bundle.kind, at: phone.now(), bytes, size: bytes.length, state: 'waiting', code: null, done_at: null, mine, others }
}

/** Receipts that came while the main vault was closed. Called after a full unlock; how many own saves were decided. */
export async function readWaiting(phone: Phone): Promise<number> {
  let decided = 0
  for (const row of await listCarried(phone.mustDatabase())) if (row.mine) decided += await readOwn(phone, row).catch(unlessUnreadable)
  return decided
}

/** A receipt that does not open must not keep the vault from opening; it stays listed. */
function unlessUnreadable(error: unknown): number {
  if (error instanceof BundleError || error instanceof VaultError || error instanceof SyncError) return 0
  throw error
}

/** Each verdict is believed by its own signature; one that does not verify stops none (B-9). */
async function readOwn(phone: Phone, row: CarriedRow): Promise<number> {
  const vault = phone.mustMain()
  const bundle = unpack(row.bytes)
  const { replica } = phone.mustClear()
  const envelopes: Envelope[] = []
  for (const receipt of await readReceipts(bundle.payload)) if (receipt.to === replica) envelopes.push(...(await openReceipt(vault, bundle, receipt.sealed, replica)))
  const before = await undecided(vault.database)
  const policy = phone.mustPolicy()
  const { news, verdicts } = await sortNews(new Verifier(policy), { entries: [], verdicts: envelopes })
  await phone.exclusively(async () => takeIn(phone, vault, news, verdicts, await vault.readSync(), { serverAt: 0, digests: {}, isTail: false }))
  await settleCarried(vault.database, row.id, { mine: false, state: 'taken_in', done_at: phone.now() })
  return before - (await undecided(vault.database))
}

async function openReceipt(vault: OpenVault, bundle: Bundle, sealed: string, replica: string): Promise<Envelope[]> {
  const key = fromBase64url(vault.secrets?.receipt ?? '')
  const plain = await openSealed(key, fromBase64url(sealed), receiptInfo(bundle, replica)).catch((): never => {
    throw new BundleError('bundle_sealed')
  })
  return readReceipt(plain)
}

async function undecided(database: VaultDatabase): Promise<number> {
  return (await database.getAll('outbox')).filter((row) => row.fate === 'unsent').length
}

// --- handing in ---

/** Hands in what is carried for others; each brings its receipts back. An upload session is enough. Codes of what went wrong. */
export async function handIn(phone: Phone): Promise<string[]> {
  const database = phone.mustDatabase()
  await tidy(phone, database)
  for (const row of await listCarried(database)) {
    if (row.kind !== 'saves' || row.state !== 'waiting') continue
    try {
      const { receipts } = await phone.calls.handIn(row.bytes)
      const back = receipts ? fromBase64url(receipts) : null
      const receiptRow = back ? await carriedRow(phone, unpack(back), back) : null
      await settleCarried(database, row.id, { state: 'handed_in', done_at: phone.now(), bytes: new Uint8Array(0) }, receiptRow)
      if (receiptRow?.mine && phone.vault?.mode === 'main') await readOwn(phone, receiptRow)
    } catch (error) {
      if (error instanceof BundleError) return ['bundle_damaged'] // an answer that is no bundle: asked for again
      if (!(error instanceof Problem)) throw error
      if (error.code === 'too_many') return ['too_many']
      if (!FAULTS.has(error.code)) throw error
      await settleCarried(database, row.id, { state: 'refused', code: error.code, done_at: phone.now() })
    }
  }
  return []
}

/** Receipts are sealed anew each time they are given: those with the same verdicts look different and are told by nothing but reading. */
async function renewReceipts(phone: Phone, id: string): Promise<boolean> {
  const bytes = await phone.calls.receipts(id)
  if (!bytes) return false
  const row = await carriedRow(phone, unpack(bytes), bytes)
  await keepCarried(phone.mustDatabase(), row)
  if (row.mine && phone.vault?.mode === 'main') await readOwn(phone, row)
  return true
}

async function tidy(phone: Phone, database: VaultDatabase): Promise<void> {
  const isOver = (row: CarriedRow): boolean => (row.done_at ?? Infinity) < phone.now() - DONE_KEPT_MS || (row.kind === 'receipts' && row.at < phone.now() - RECEIPTS_KEPT_MS)
  const old = (await listCarried(database)).filter((row) => isOver(row) && !row.mine)
  if (old.length) await dropCarried(database, old.map((row) => row.id)) // prettier-ignore
}

// --- shared ---

async function mustCarried(database: VaultDatabase, id: string): Promise<CarriedRow> {
  const row = await findCarried(database, id)
  if (!row?.bytes.length) throw new DeviceError('not_found', 'no such bundle here')
  return row
}

function fileOf(row: CarriedRow): CarriedFile {
  return { id: row.id, kind: row.kind, name: fileName(row.bytes), bytes: row.bytes, saves: [] }
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof BundleError ? new DeviceError(error.code) : error
  }
}
