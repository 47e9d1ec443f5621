/** What became of one's own saves: for the sync page and the tray of returned ones. */
import { write, VaultError, type OutboxRow } from '../vault'
import type { OwnSave } from './contract'
import { DeviceError } from './errors'
import { historyEntry, readStored, type KnownChange } from './file-state'
import type { Phone } from './phone'

const SHOWN_MAX = 200
const ACCEPTED_SHOWN_MAX = 50
const KEPT_MS = 30 * 86_400_000

export async function listOwnSaves(phone: Phone): Promise<OwnSave[]> {
  const rows = (await phone.mustDatabase().getAll('outbox')).sort((a, b) => rank(a) - rank(b) || b.at - a.at || b.seq - a.seq)
  const readers = await phone.readers()
  const names = new Map(phone.state.households.map((household) => [household.fileId, household.headName]))
  const files = new Map<string, KnownChange[]>()
  const saves: OwnSave[] = []
  const open = rows.filter((row) => rank(row) === 0).slice(0, SHOWN_MAX)
  for (const row of [...open, ...rows.filter((row) => rank(row) === 1).slice(0, ACCEPTED_SHOWN_MAX)]) {
    const known = (await changesOf(phone, files, row.file)).find((change) => change.id === row.id)
    const entry = known ? historyEntry(known, readers) : closedEntry(phone, row)
    saves.push({ ...entry, fileId: row.file, headName: names.get(row.file) ?? '', dismissed: row.dismissed })
  }
  return saves
}

/** Undecided and refused first. */
function rank(row: OutboxRow): number {
  if (row.dismissed || row.fate === 'accepted') return 1
  return 0
}

async function changesOf(phone: Phone, files: Map<string, KnownChange[]>, file: string): Promise<KnownChange[]> {
  const known = files.get(file)
  if (known) return known
  let changes: KnownChange[] = []
  try {
    const read = phone.vault ? await phone.vault.readFile(file) : null
    if (read) changes = readStored(read.body)
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
  }
  files.set(file, changes)
  return changes
}

/** What can be said of a save whose file is closed: when, and what became of it. */
function closedEntry(phone: Phone, row: OutboxRow): Omit<OwnSave, 'fileId' | 'headName' | 'dismissed'> {
  const fate = row.fate === 'unsent' && row.received ? 'sent' : row.fate
  return {
    changeId: row.id, dot: [row.replica, row.seq], act: 'save', ops: [], about: null, reason: null, personId: phone.person ?? '', personName: '', replica: row.replica,
    at: row.at, receivedAt: null, position: null, fate, reasons: [], own: true,
  } // prettier-ignore
}

/** Only what the server holds too may be put away. */
export async function dismissReturned(phone: Phone, changeId: string): Promise<void> {
  const vault = phone.mustMain()
  await phone.exclusively(async () => {
    const row = await vault.database.get('outbox', changeId)
    if (!row) throw new DeviceError('not_found', 'no such save')
    if (!['returned', 'declined'].includes(row.fate)) throw new DeviceError('unsent', 'not decided yet')
    await write(vault.database, ['outbox'], async (transaction) => void (await transaction.objectStore('outbox').put({ ...row, dismissed: true })))
    const read = await vault.readFile(row.file)
    if (read) await phone.commit(vault, { files: [{ ...read, line: (await phone.liner())(read.body) }] })
  })
}

/** Rows of accepted saves older than a month say nothing that the file's history does not. */
export async function trimOutbox(phone: Phone): Promise<void> {
  const vault = phone.mustMain()
  const old = (await vault.database.getAll('outbox')).filter((row) => row.at < phone.now() - KEPT_MS && (row.fate === 'accepted' || row.dismissed))
  if (old.length) await phone.exclusively(async () => phone.commit(vault, { removeOutbox: old.map((row) => row.id) }))
}
