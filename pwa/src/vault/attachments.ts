/** Photos under their file's key, and the parts of a pack being fetched. Evicted oldest first, never before the server has them. */
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
}

export async function putAttachment(vault: OpenVault, attachment: NewAttachment): Promise<void> {
  const { sha256: id, file, bytes, uploaded, at } = attachment
  const body = await seal(await vault.fileKeyOf(file), bytes, { store: 'attachments', id, file })
  const row: AttachmentRow = { id, file, media_type: attachment.mediaType, bytes: bytes.length, uploaded, location: null, used_at: at, named: uploaded, body }
  await write(vault.database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    const present = await store.get(id)
    await store.put(present ? { ...row, uploaded: present.uploaded || uploaded, location: present.location, named: present.named !== false || uploaded } : row)
  })
}

export async function readAttachment(vault: OpenVault, sha256: string): Promise<{ row: AttachmentRow; bytes: Uint8Array } | null> {
  const row = await vault.database.get('attachments', sha256)
  if (!row) return null
  return { row, bytes: await open(await vault.fileKeyOf(row.file), row.body, { store: 'attachments', id: row.id, file: row.file }) }
}

/** Photos that a save names and the server does not have. */
export async function listUnuploaded(database: VaultDatabase): Promise<AttachmentRow[]> {
  return (await database.getAll('attachments')).filter((row) => !row.uploaded && row.named !== false)
}

/** Photos of forms that were not saved yet. */
export async function listUnnamed(database: VaultDatabase): Promise<AttachmentRow[]> {
  return (await database.getAll('attachments')).filter((row) => !row.uploaded && row.named === false)
}

export async function nameAttachments(database: VaultDatabase, ids: readonly string[]): Promise<void> {
  if (!ids.length) return
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const id of ids) {
      const row = await store.get(id)
      if (row) await store.put({ ...row, named: true })
    }
  })
}

/** Forgets photos that no save names. */
export async function dropUnnamed(database: VaultDatabase, ids: readonly string[]): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const id of ids) if ((await store.get(id))?.named === false) await store.delete(id)
  })
}

export async function markAttachment(database: VaultDatabase, sha256: string, facts: Partial<Pick<AttachmentRow, 'uploaded' | 'location' | 'used_at'>>): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const row = await transaction.objectStore('attachments').get(sha256)
    if (row) await transaction.objectStore('attachments').put({ ...row, ...facts })
  })
}

/** The server was put back to an older copy: every photo that is here is offered again; what it has costs it one look. */
export async function rewindUploads(database: VaultDatabase): Promise<void> {
  await write(database, ['attachments'], async (transaction) => {
    const store = transaction.objectStore('attachments')
    for (const row of await store.getAll()) if (row.uploaded) await store.put({ ...row, uploaded: false, location: null })
  })
}

/** Makes room: what the server has and was not looked at for longest goes first. */
export async function evictAttachments(database: VaultDatabase, keptBytes = KEPT_BYTES): Promise<void> {
  const rows = (await database.getAll('attachments')).filter((row) => row.uploaded).sort((a, b) => b.used_at - a.used_at)
  let bytes = 0
  const gone = rows.filter((row) => (bytes += row.bytes) > keptBytes)
  if (gone.length) await write(database, ['attachments'], async (transaction) => {
    for (const row of gone) await transaction.objectStore('attachments').delete(row.id)
  }) // prettier-ignore
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
