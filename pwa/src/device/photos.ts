/** Photos of a file: shrunk, encrypted under its key, sent when there is a read session, fetched again when asked for. */
import { Problem, uploadByTus } from '../api'
import { hex } from '../sync/change'
import { dropUnnamed, evictAttachments, listUnnamed, listUnuploaded, markAttachment, nameAttachments, putAttachment, readAttachment, VaultError, type OpenVault } from '../vault'
import type { AttachmentInfo } from './contract'
import { DeviceError } from './errors'
import { fileOfPhoto } from './merged'
import { shrinkPhoto } from './photo'
import type { Phone } from './phone'
import { newId } from './ids'

const MEDIA_TYPE = 'image/jpeg'
const UNNAMED_KEPT_MS = 2 * 86_400_000

export async function keepPhoto(phone: Phone, file: string, photo: Blob, shrink: (photo: Blob) => Promise<Uint8Array> = shrinkPhoto): Promise<AttachmentInfo> {
  const vault = phone.mustVault()
  const bytes = await shrink(photo)
  const sha256 = await hashOf(bytes)
  await putAttachment(vault, { sha256, file, mediaType: MEDIA_TYPE, bytes, uploaded: false, at: phone.now() })
  phone.onSaved()
  return { id: newId(), sha256, mediaType: MEDIA_TYPE, bytes: bytes.length, uploaded: false }
}

export async function openPhoto(phone: Phone, file: string, sha256: string): Promise<string> {
  const vault = phone.mustVault()
  const kept = await readAttachment(vault, sha256).catch((error: unknown) => {
    if (error instanceof VaultError && error.code === 'damaged') return null
    throw error
  })
  if (kept) {
    await markAttachment(vault.database, sha256, { used_at: phone.now() })
    return urlOf(kept.bytes, kept.row.media_type)
  }
  phone.mustMain()
  await phone.ensureSession('read')
  const bytes = await phone.calls.attachment(await fileOfPhoto(phone, file, sha256), sha256)
  if ((await hashOf(bytes)) !== sha256) throw new DeviceError('damaged', 'the server sent another photo')
  await putAttachment(vault, { sha256, file, mediaType: MEDIA_TYPE, bytes, uploaded: true, at: phone.now() })
  await evictAttachments(vault.database)
  return urlOf(bytes, MEDIA_TYPE)
}

/** A photo taken and thrown away again: nobody's to send. One that a save names stays. */
export async function dropPhoto(phone: Phone, sha256: string): Promise<void> {
  await dropUnnamed(phone.mustVault().database, [sha256])
  await phone.refreshWaiting()
}

/** A photo belongs to the save that names it. A kill between the save and this leaves one unnamed: the file knows; an old one that no draft holds goes. */
async function sortUnnamed(phone: Phone, vault: OpenVault): Promise<void> {
  const rows = await listUnnamed(vault.database)
  if (!rows.length) return
  const drafts = new Set((await vault.database.getAll('drafts')).map((row) => row.file))
  for (const row of rows) {
    const read = await vault.readFile(row.file).catch(() => null)
    if (read?.body.changes.some((stored) => stored.envelope.body.includes(row.id))) await nameAttachments(vault.database, [row.id])
    else if (row.used_at < phone.now() - UNNAMED_KEPT_MS && !drafts.has(row.file)) await dropUnnamed(vault.database, [row.id])
  }
}

/** Codes of photos that the server would not take; the photos stay. */
export async function uploadPhotos(phone: Phone, vault: OpenVault): Promise<string[]> {
  const faults: string[] = []
  await sortUnnamed(phone, vault)
  for (const row of await listUnuploaded(vault.database)) {
    try {
      const kept = await readAttachment(vault, row.id)
      if (!kept) continue
      const metadata = { file: row.file, sha256: row.id, media_type: row.media_type }
      const onLocation = (location: string | null) => markAttachment(vault.database, row.id, { location })
      await uploadByTus(phone.client, { bytes: kept.bytes, metadata, location: row.location, onLocation })
      await markAttachment(vault.database, row.id, { uploaded: true, location: null })
    } catch (error) {
      if (error instanceof VaultError) faults.push('damaged')
      else if (error instanceof Problem && error.status < 500 && error.status !== 429) {
        faults.push(error.code)
        await markAttachment(vault.database, row.id, { location: null })
      } else throw error
    }
  }
  await evictAttachments(vault.database)
  return faults
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)))
}

function urlOf(bytes: Uint8Array, type: string): string {
  return URL.createObjectURL(new Blob([bytes as BlobPart], { type }))
}
