/** What became of one's own saves: for the sync page and the tray of returned ones; asking the deputy, putting away. */
import { Problem } from '../api'
import type { Envelope } from '../sync/change'
import { covers, type Dot } from '../sync/versions'
import { write, VaultError, type OpenVault, type OutboxRow } from '../vault'
import type { OwnSave, WaitedFor } from './contract'
import { DeviceError } from './errors'
import { RESTRICTED, type Line } from './entries'
import { historyEntry, readStored, type KnownChange } from './file-state'
import { lined } from './merged'
import type { Phone } from './phone'
import { takeIn, Verifier } from './taking-in'

const SHOWN_MAX = 200
const ACCEPTED_SHOWN_MAX = 50
const WAITED_FOR_SHOWN_MAX = 3
const KEPT_MS = 30 * 86_400_000

interface KnownFile {
  kind: string
  left: boolean
  changes: KnownChange[]
}

export async function listOwnSaves(phone: Phone): Promise<OwnSave[]> {
  const rows = (await phone.mustDatabase().getAll('outbox')).sort((a, b) => rank(a) - rank(b) || b.at - a.at || b.seq - a.seq)
  const readers = await phone.readers()
  const names = namesOf(phone)
  const files = new Map<string, KnownFile>()
  const saves: OwnSave[] = []
  const open = rows.filter((row) => rank(row) === 0).slice(0, SHOWN_MAX)
  for (const row of [...open, ...rows.filter((row) => rank(row) === 1).slice(0, ACCEPTED_SHOWN_MAX)]) {
    const file = await fileOf(phone, files, row.file)
    // What lies in a drawer now is shown here no more, not even by whom it was written.
    if (file.left && file.kind === RESTRICTED && row.fate === 'accepted') continue
    const known = file.changes.find((change) => change.id === row.id)
    const entry = known ? historyEntry(known, readers) : closedEntry(phone, row)
    const waitsFor = known?.verdict?.status === 'held' ? waitedFor(phone, known, file.changes) : []
    saves.push({ ...entry, fileId: row.file, kind: file.kind, left: file.left, headName: names.get(row.file) ?? '', dismissed: row.dismissed, askedAt: row.asked_at ?? null, waitsFor })
  }
  return saves
}

/** Undecided and refused first. */
function rank(row: OutboxRow): number {
  if (row.dismissed || row.fate === 'accepted') return 1
  return 0
}

/** Heads of households, of those on the way out too. */
function namesOf(phone: Phone): Map<string, string> {
  const names = new Map<string, string>()
  for (const entry of phone.vault?.entries ?? []) {
    const line = entry.line as Line
    const name = line.household?.headName ?? line.leaving?.headName
    if (name) names.set(entry.file, name)
  }
  return names
}

async function fileOf(phone: Phone, files: Map<string, KnownFile>, file: string): Promise<KnownFile> {
  const known = files.get(file)
  if (known) return known
  let found: KnownFile = { kind: '', left: false, changes: [] }
  try {
    const read = phone.vault ? await phone.vault.readFile(file) : null
    if (read) found = { kind: read.body.kind, left: read.body.left, changes: readStored(read.body) }
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
  }
  files.set(file, found)
  return found
}

/** Whose save a held one waits for, as far as this phone knows: one that is not here, or that waits itself. */
function waitedFor(phone: Phone, held: KnownChange, changes: readonly KnownChange[]): WaitedFor[] {
  const { change } = held
  const named: Dot[] = change.seq > 1 ? [[change.replica, change.seq - 1]] : []
  for (const [replica, last] of Object.entries(change.base.vector)) {
    for (let seq = last; seq > 0; seq--) if (covers(change.base, [replica, seq])) named.push([replica, seq])
  }
  const found: WaitedFor[] = []
  for (const [replica, seq] of named) {
    if (found.length >= WAITED_FOR_SHOWN_MAX || found.some((one) => one.replica === replica)) continue
    const here = changes.find((one) => one.change.replica === replica && one.change.seq === seq)
    if (here?.verdict && here.verdict.status !== 'held') continue
    const author = here ?? changes.find((one) => one.change.replica === replica)
    found.push({ replica, seq, own: phone.replicas.has(replica), personName: author ? (phone.state.people[author.change.person] ?? '') : '' })
  }
  return found
}

/** What can be said of a save whose file is closed: when, and what became of it. */
function closedEntry(phone: Phone, row: OutboxRow): Omit<OwnSave, 'fileId' | 'kind' | 'left' | 'headName' | 'dismissed' | 'askedAt' | 'waitsFor'> {
  const fate = row.fate === 'unsent' && row.received ? 'sent' : row.fate
  return {
    changeId: row.id, dot: [row.replica, row.seq], act: 'save', ops: [], about: null, reason: null, personId: phone.state.me?.personId ?? '', personName: '', replica: row.replica,
    at: row.at, receivedAt: null, position: null, fate, reasons: [], own: true, reissues: null,
  } // prettier-ignore
}

/** The author asks the deputy to look at a save that waits or came back; she sees it as it is, with the note. */
export async function askDeputy(phone: Phone, changeId: string, note: string): Promise<void> {
  const vault = phone.mustMain()
  const row = await vault.database.get('outbox', changeId)
  if (!row) throw new DeviceError('not_found', 'no such save')
  await phone.ensureSession('read')
  const { asked_at } = await phone.client.json<{ asked_at: number }>('POST', `/review/${changeId}/ask`, note ? { note } : {}, 'read')
  await markRow(vault, changeId, { asked_at })
}

/** Only what the server holds too is put away: it is asked first, and its signed answer is taken in. */
export async function dismissReturned(phone: Phone, changeId: string): Promise<void> {
  const vault = phone.mustMain()
  const row = await vault.database.get('outbox', changeId)
  if (!row) throw new DeviceError('not_found', 'no such save')
  if (!isRefused(row) && !(row.fate === 'quarantined' && row.forked)) throw new DeviceError('unsent', 'not decided yet')
  await phone.ensureSession('read')
  if (row.fate !== 'declined') await tellServer(phone, vault, row)
  await phone.exclusively(async () => {
    await markRow(vault, changeId, { dismissed: true })
    const read = await vault.readFile(row.file).catch(() => null)
    if (read) await phone.commit(vault, { files: await lined(phone, vault, [{ ...read, line: undefined }]) })
  })
  await phone.refreshWaiting()
}

/** Saves that were put away with the amended one that replaced them: the server hears of it at the next sync. */
export async function tellDismissed(phone: Phone, vault: OpenVault): Promise<void> {
  const rows = (await vault.database.getAll('outbox')).filter((row) => row.dismissed && (row.fate === 'returned' || row.fate === 'quarantined'))
  for (const row of rows) await tellServer(phone, vault, row).catch((error: unknown) => { if (!(error instanceof Problem)) throw error }) // prettier-ignore
}

async function tellServer(phone: Phone, vault: OpenVault, row: OutboxRow): Promise<void> {
  const { verdict: envelope } = await phone.client.json<{ verdict: Envelope }>('POST', `/review/${row.id}/dismiss`, undefined, 'read').catch(async (error: unknown) => {
    // The server has lost it: it goes up once more before anything is put away here.
    if (error instanceof Problem && error.code === 'not_found') {
      await markRow(vault, row.id, { fate: 'unsent', received: false, dismissed: false })
      await phone.refreshWaiting()
    }
    throw error
  })
  const policy = phone.mustPolicy()
  const verdict = await new Verifier(policy).verdict(envelope)
  if (!verdict || verdict.change !== row.id || !verdict.file) throw new DeviceError('bad_signature', 'dismissal')
  const news = new Map([[verdict.file, { kind: '', scope: null, changes: [], verdicts: [envelope], entered: null, left: false }]])
  const facts = { serverAt: phone.mustClear().server_at, digests: {}, isTail: true }
  await phone.exclusively(async () => takeIn(phone, vault, news, [verdict], await vault.readSync(), facts))
}

function isRefused(row: OutboxRow): boolean {
  return row.fate === 'returned' || row.fate === 'declined'
}

async function markRow(vault: OpenVault, id: string, facts: Partial<OutboxRow>): Promise<void> {
  await write(vault.database, ['outbox'], async (transaction) => {
    const row = await transaction.objectStore('outbox').get(id)
    if (row) await transaction.objectStore('outbox').put({ ...row, ...facts })
  })
}

/** Rows of accepted saves older than a month say nothing that the file's history does not. */
export async function trimOutbox(phone: Phone): Promise<void> {
  const vault = phone.mustMain()
  const old = (await vault.database.getAll('outbox')).filter((row) => row.at < phone.now() - KEPT_MS && (row.fate === 'accepted' || (row.dismissed && row.fate === 'declined')))
  if (old.length) await phone.exclusively(async () => phone.commit(vault, { removeOutbox: old.map((row) => row.id) }))
}
