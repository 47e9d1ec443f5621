/** Photos, papers, signatures and voice notes of a file: made small, encrypted under its key, sent small pictures first, fetched again when asked for. */
import { Problem, uploadByTus } from '../api'
import { hex, type Envelope } from '../sync/change'
import { stationKeys } from '../sync/handover'
import { fromBase64url, openSigned } from '../sync/signatures'
import {
  dropUnnamed, evictAttachments, listUnnamed, listUnuploaded, markAttachment, nameAttachments, putAttachment, readAttachment, sha256OfRow, VaultError, type NewAttachment, type OpenVault,
} from '../vault' // prettier-ignore
import type { AttachmentInfo, KeepOptions } from './contract'
import { HOUSEHOLD, type Line } from './entries'
import { DeviceError } from './errors'
import { fileOfPhoto } from './merged'
import { PAPER, PHOTO, shrinkPhoto, SMALL, type Size } from './photo'
import type { Phone } from './phone'
import type { Policy } from './policy'
import { newId } from './ids'

const JPEG = 'image/jpeg'
const VOICES = ['audio/webm', 'audio/mp4', 'audio/ogg']
const VOICE_BYTES_MAX = 8 * 1024 * 1024
const UNNAMED_KEPT_MS = 2 * 86_400_000

export async function keepPhoto(phone: Phone, file: string, photo: Blob, options: KeepOptions = {}, shrink: (photo: Blob, size: Size) => Promise<Uint8Array> = shrinkPhoto): Promise<AttachmentInfo> {
  const bytes = await shrink(photo, options.paper ? PAPER : PHOTO)
  const small = await shrink(new Blob([bytes as BlobPart], { type: JPEG }), SMALL)
  const kept = await keep(phone, file, bytes, JPEG)
  // Nothing to gain where the photo itself is as small.
  if (small.length * 2 > bytes.length) return kept
  const thumb = await hashOf(small)
  await store(phone, { sha256: thumb, file, mediaType: JPEG, bytes: small, uploaded: false, at: phone.now(), small: true })
  return { ...kept, thumb }
}

/** A voice note as the recorder made it; nothing is encoded anew. */
export async function keepVoice(phone: Phone, file: string, voice: Blob): Promise<AttachmentInfo> {
  const mediaType = voice.type.split(';')[0]!.trim().toLowerCase()
  if (VOICES.indexOf(mediaType) < 0) throw new DeviceError('unsupported', 'a recording of a form that the station does not take')
  if (!voice.size || voice.size > VOICE_BYTES_MAX) throw new DeviceError('invalid', 'an empty or too long recording')
  return keep(phone, file, new Uint8Array(await voice.arrayBuffer()), mediaType)
}

async function keep(phone: Phone, file: string, bytes: Uint8Array, mediaType: string): Promise<AttachmentInfo> {
  const sha256 = await hashOf(bytes)
  await store(phone, { sha256, file, mediaType, bytes, uploaded: false, at: phone.now() })
  phone.onSaved()
  return { id: newId(), sha256, mediaType, bytes: bytes.length, uploaded: false }
}

/** A full phone gives way: what the server has goes first, and the photo is kept. */
async function store(phone: Phone, attachment: NewAttachment): Promise<void> {
  const vault = phone.mustVault()
  try {
    await putAttachment(vault, attachment)
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'storage_full') throw error
    await evictAttachments(vault.database, 0)
    await putAttachment(vault, attachment)
  }
}

export async function openPhoto(phone: Phone, file: string, sha256: string, mediaType = JPEG): Promise<string> {
  return URL.createObjectURL(await readPhoto(phone, file, sha256, mediaType))
}

/** `mediaType`: what the change says it is; it is believed only where the bytes came from the server, whose hash is checked. */
export async function readPhoto(phone: Phone, file: string, sha256: string, mediaType = JPEG): Promise<Blob> {
  const vault = phone.mustVault()
  const kept = await readAttachment(vault, file, sha256).catch((error: unknown) => {
    if (error instanceof VaultError && error.code === 'damaged') return null
    throw error
  })
  if (kept) {
    await markAttachment(vault.database, kept.row.id, { used_at: phone.now() })
    return blobOf(kept.bytes, kept.row.media_type)
  }
  phone.mustMain()
  await phone.ensureSession('read')
  const home = await fileOfPhoto(phone, file, sha256)
  const { bytes, rendering } = await phone.calls.attachment(home, sha256)
  const hash = await hashOf(bytes)
  if (hash !== sha256 && !(rendering && (await isRendering(phone.mustPolicy(), rendering, { file: home, sha256, rendered: hash })))) throw new DeviceError('damaged', 'the server sent another photo')
  const type = [JPEG, 'image/png', 'image/webp', ...VOICES].indexOf(mediaType) >= 0 ? mediaType : JPEG
  await store(phone, { sha256, file: home, mediaType: type, bytes, uploaded: true, at: phone.now(), small: bytes.length <= SMALL.bytes })
  await evictAttachments(vault.database, undefined, closedFiles(vault))
  return blobOf(bytes, type)
}

/** Whether the station says that it drew these bytes from that original (E-11): no decoder here meets what another phone made. */
async function isRendering(policy: Policy, header: string, expected: { file: string; sha256: string; rendered: string }): Promise<boolean> {
  try {
    const envelope = JSON.parse(new TextDecoder().decode(fromBase64url(header))) as Envelope
    const said = await openSigned(envelope, await stationKeys(policy), 'rendering', policy.deployment)
    return said['file'] === expected.file && said['sha256'] === expected.sha256 && said['rendered'] === expected.rendered
  } catch {
    return false
  }
}

/** One taken and thrown away again: nobody's to send. One that a save names stays. */
export async function dropPhoto(phone: Phone, sha256: string): Promise<void> {
  const { database } = phone.mustVault()
  const rows = await listUnnamed(database)
  await dropUnnamed(database, rows.filter((row) => sha256OfRow(row) === sha256).map((row) => row.id))
  await phone.refreshWaiting()
}

/** A photo belongs to the save that names it. A kill between the save and this leaves one unnamed: the file knows; an old one that no draft holds goes. */
async function sortUnnamed(phone: Phone, vault: OpenVault): Promise<void> {
  const rows = await listUnnamed(vault.database)
  if (!rows.length) return
  const drafts = new Set((await vault.database.getAll('drafts')).map((row) => row.file))
  for (const row of rows) {
    const read = await vault.readFile(row.file).catch(() => null)
    const sha256 = sha256OfRow(row)
    if (read?.body.changes.some((stored) => stored.envelope.body.includes(sha256))) await nameAttachments(vault.database, row.file, [sha256])
    else if (row.used_at < phone.now() - UNNAMED_KEPT_MS && !drafts.has(row.file)) await dropUnnamed(vault.database, [row.id])
  }
}

/** Codes of those that the server would not take; they stay here. */
export async function uploadPhotos(phone: Phone, vault: OpenVault): Promise<string[]> {
  const faults: string[] = []
  await sortUnnamed(phone, vault)
  for (const row of await listUnuploaded(vault.database)) {
    const sha256 = sha256OfRow(row)
    try {
      const kept = await readAttachment(vault, row.file, sha256)
      if (!kept) continue
      const metadata = { file: row.file, sha256, media_type: row.media_type }
      const onLocation = (location: string | null) => markAttachment(vault.database, row.id, { location })
      await uploadByTus(phone.client, { bytes: kept.bytes, metadata, location: row.location, onLocation })
      await markAttachment(vault.database, row.id, { uploaded: true, location: null })
      await phone.refreshWaiting()
    } catch (error) {
      if (error instanceof VaultError) faults.push('damaged')
      else if (error instanceof Problem && error.status < 500 && error.status !== 429) {
        faults.push(error.code)
        await markAttachment(vault.database, row.id, { location: null })
      } else throw error
    }
  }
  await makeRoom(vault)
  return faults
}

const FULL = 0.8

/** Before the browser runs short and clears everything: what the server has of photos goes, the oldest looks first. */
export async function makeRoom(vault: OpenVault, storage: Pick<StorageManager, 'estimate'> | undefined = globalThis.navigator?.storage): Promise<number> {
  const { usage = 0, quota = 0 } = (await storage?.estimate?.().catch(() => undefined)) ?? {}
  return evictAttachments(vault.database, quota && usage > quota * FULL ? 0 : undefined, closedFiles(vault))
}

/** Households whose service has ended: nothing is due there any more. */
function closedFiles(vault: OpenVault): ReadonlySet<string> {
  const closed = vault.entries.filter(({ kind, line }) => kind === HOUSEHOLD && (line as Line).household?.nextVisitOn === null)
  return new Set(closed.map((entry) => entry.file))
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)))
}

function blobOf(bytes: Uint8Array, type: string): Blob {
  return new Blob([bytes as BlobPart], { type })
}
