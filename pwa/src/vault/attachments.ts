/**
 * Attachments under their file's key, and the parts of a pack being fetched. One row a file and content: the same photo twice in one file
 * is one row, and never shares a key with another file. Evicted by the protocol's order, never before the server has them.
 */
import { write, type VaultDatabase } from './database'
import type { OpenVault } from './open-vault'
import type { AttachmentRow } from './rows'
import { open, seal } from './suite'

const KEPT_BYTES = 60 * 1024 * 1024

export interface NewAttachment {
  sha256: string
  file: string
  mediaType: string
  bytes: Uint8Array
  uploaded: boolean
  at: number
  small?: boolean // a small picture of another one
}

export const attachmentId = (file: string, sha256: string): string => `${file}/${sha256}`
const sha256Of = (row: AttachmentRow): string => row.id.slice(row.id.indexOf('/') + 1)
export { sha256Of as sha256OfRow }

export async function putAttachment(vault: OpenVault, attachment: NewAttachment): Promise<void> {
  const { file, bytes, uploaded, at } = attachment
  const id = attachmentId(file, attachment.sha256)
  const body = await seal(await vault.fileKeyOf(file), bytes, { store: 'attachments', id, file })
  const row: AttachmentRow = { id, file, media_type: attachment.mediaType, bytes: bytes.length, uploaded, location: null, used_at: at, named: uploaded, body }
  if (attachment.small) row.small = true
  await write(vault.database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    const present = await store.get(id)
    await store.put(present ? { ...row, uploaded: present.uploaded || uploaded, location: present.location, named: present.named !== false || uploaded } : row)
  })
}

/** `file` is where it is looked for first; a file that was merged shows those of the others too. */
export async function readAttachment(vault: OpenVault, file: string, sha256: string): Promise<{ row: AttachmentRow; bytes: Uint8Array } | null> {
  const exact = await vault.database.get('attachments', attachmentId(file, sha256))
  const elsewhere = exact ? undefined : (await vault.database.getAllKeys('attachments')).find((id) => id.endsWith(`/${sha256}`))
  const row = exact ?? (elsewhere ? await vault.database.get('attachments', elsewhere) : undefined)
  if (!row) return null
  return { row, bytes: await open(await vault.fileKeyOf(row.file), row.body, { store: 'attachments', id: row.id, file: row.file }) }
}

/** Attachments of forms that were not saved yet. */
export async function listUnnamed(database: VaultDatabase): Promise<AttachmentRow[]> {
  return (await database.getAll('attachments')).filter((row) => !row.uploaded && row.named === false)
}

/** A save of this file names them. */
export async function nameAttachments(database: VaultDatabase, file: string, sha256s: readonly string[]): Promise<void> {
  if (!sha256s.length) return
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const sha256 of sha256s) {
      const row = await store.get(attachmentId(file, sha256))
      if (row) await store.put({ ...row, named: true })
    }
  })
}

/** Forgets those that no save names. `ids`: of rows. */
export async function dropUnnamed(database: VaultDatabase, ids: readonly string[]): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const id of ids) if ((await store.get(id))?.named === false) await store.delete(id)
  })
}

export async function markAttachment(database: VaultDatabase, id: string, facts: Partial<Pick<AttachmentRow, 'uploaded' | 'location' | 'used_at'>>): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const row = await transaction.objectStore('attachments').get(id)
    if (row) await transaction.objectStore('attachments').put({ ...row, ...facts })
  })
}

/** The server was put back to an older copy: everything that is here is offered again; what it has costs it one look. */
export async function rewindUploads(database: VaultDatabase): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const row of await store.getAll()) if (row.uploaded) await store.put({ ...row, uploaded: false, location: null })
  })
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Makes room, of what the server has: those of `closed` files go first; then whole ones before small pictures, and what was not looked at
 * for longest. Returns the bytes given back.
 */
export async function evictAttachments(database: VaultDatabase, keptBytes = KEPT_BYTES, closed = NONE): Promise<number> {
  const rows = (await database.getAll('attachments')).filter((row) => row.uploaded)
  rows.sort((a, b) => Number(closed.has(a.file)) - Number(closed.has(b.file)) || Number(b.small ?? false) - Number(a.small ?? false) || b.used_at - a.used_at)
  let kept = 0
  const gone = rows.filter((row) => (kept += row.bytes) > keptBytes)
  if (gone.length) await write(database, ['attachments'], async (transaction) => {
    for (const row of gone) await transaction.objectStore('attachments').delete(row.id)
  }) // prettier-ignore
  return gone.reduce((sum, row) => sum + row.bytes, 0)
}

export async function putPart(vault: OpenVault, pack: string, offset: number, bytes: Uint8Array): Promise<void> {
  const id = `${pack}:${String(offset).padStart(12, '0')}`
  const body = await seal(vault.ownKey, bytes, { store: 'parts', id })
  await write(vault.database, ['parts'], async (transaction) => void (await transaction.objectStore('parts').put({ id, pack, offset, body })))
}

/** The gapless beginning of a pack that this phone already has. */
export async function readParts(vault: OpenVault, pack: string): Promise<Uint8Array[]> {
  const rows = (await vault.database.getAllFromIndex('parts', 'pack', pack)).sort((a, b) => a.offset - b.offset)
  const parts: Uint8Array[] = []
  let end = 0
  for (const row of rows) {
    if (row.offset !== end) break
    const bytes = await open(vault.ownKey, row.body, { store: 'parts', id: row.id }).catch(() => null)
    if (!bytes) break
    parts.push(bytes)
    end += bytes.length
  }
  return parts
}

export async function dropParts(database: VaultDatabase): Promise<void> {
  await write(database, ['parts'], (transaction) => transaction.objectStore('parts').clear())
}
