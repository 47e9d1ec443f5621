/**
 * The core of tus 1.0: create, ask how much arrived, send the rest in parts. Resumable across restarts by its location, and on a line
 * that breaks: each break halves the parts until they get through, a good stretch doubles them again.
 * Source: https://tus.io/protocols/resumable-upload, core protocol and creation extension.
 */
import type { Client } from './client'
import { NoAnswer, Problem } from './errors'

const TUS = { 'Tus-Resumable': '1.0.0' }
const PART_BYTES_MAX = 256 * 1024
const PART_BYTES_MIN = 8 * 1024
const GROWS_AFTER = 8 // parts in a row
const BREAKS_MAX = 8 // in a row, without a byte gained
const CREATES_MAX = 4

/** What the line carries at a time; kept from one upload to the next, the line is the same. */
const line = { part: PART_BYTES_MAX, streak: 0 }

export interface Upload {
  bytes: Uint8Array
  metadata: Record<string, string>
  location: string | null // of a begun upload
  onLocation(location: string | null): Promise<void>
}

/** Sends what is missing; resolves when the server has, and has checked, all of it. Repeatable. */
export async function uploadByTus(client: Client, upload: Upload): Promise<void> {
  let location = upload.location
  let offset = location ? await patiently(() => offsetAt(client, location as string)) : null
  if (location === null || offset === null) {
    const made = await patiently(() => create(client, upload))
    location = made.location
    offset = made.offset
    await upload.onLocation(location)
  }
  let breaks = 0
  while (offset < upload.bytes.length) {
    const before: number = offset
    try {
      offset = await sendPart(client, location, upload.bytes, offset)
      if (++line.streak >= GROWS_AFTER) Object.assign(line, { streak: 0, part: Math.min(PART_BYTES_MAX, line.part * 2) })
    } catch (error) {
      const broke = error instanceof NoAnswer && error.reason !== 'aborted'
      if (!broke && !(error instanceof Problem && error.status === 409)) throw error
      if (broke) Object.assign(line, { streak: 0, part: Math.max(PART_BYTES_MIN, line.part / 2) })
      // The part may have arrived although its answer did not.
      const known = await patiently(() => offsetAt(client, location as string))
      if (known === null || (!broke && known === offset)) throw error
      offset = known
    }
    breaks = offset > before ? 0 : breaks + 1
    if (breaks >= BREAKS_MAX) throw new NoAnswer('network')
  }
}

async function sendPart(client: Client, location: string, bytes: Uint8Array, offset: number): Promise<number> {
  const part = bytes.slice(offset, offset + line.part)
  const answer = await client.call({
    method: 'PATCH', path: location, session: 'read', body: part, timeoutMs: 60_000,
    headers: { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
  }) // prettier-ignore
  return Number(answer.headers.get('Upload-Offset') ?? offset + part.length)
}

/** A question that costs nothing to ask again; a dead network is told at once by the last try. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt >= CREATES_MAX) throw error
    }
  }
}

/** What the server has already it answers as complete: the same bytes are never sent twice. */
async function create(client: Client, upload: Upload): Promise<{ location: string; offset: number }> {
  const metadata = Object.entries(upload.metadata).map(([key, value]) => `${key} ${btoa(value)}`).join(',') // prettier-ignore
  const headers = { ...TUS, 'Upload-Length': String(upload.bytes.length), 'Upload-Metadata': metadata }
  const answer = await client.call({ method: 'POST', path: '/attachments', session: 'read', headers })
  return { location: pathOf(answer.headers.get('Location') ?? ''), offset: Number(answer.headers.get('Upload-Offset') ?? 0) }
}

/** Null when the server no longer knows the upload: it begins again. */
async function offsetAt(client: Client, location: string): Promise<number | null> {
  try {
    const answer = await client.call({ method: 'HEAD', path: location, session: 'read', headers: TUS })
    return Number(answer.headers.get('Upload-Offset') ?? 0)
  } catch (error) {
    if (error instanceof Problem && [404, 410].includes(error.status)) return null
    throw error
  }
}

function pathOf(location: string): string {
  const path = location.replace(/^https?:\/\/[^/]+/, '')
  if (!path.startsWith('/api/v1/')) throw new Problem(502, { code: 'bad_location' })
  return path.slice('/api/v1'.length)
}
