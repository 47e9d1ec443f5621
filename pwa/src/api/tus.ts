/**
 * The core of tus 1.0: create, ask how much arrived, send the rest in parts. Resumable across restarts by its location.
 * Source: https://tus.io/protocols/resumable-upload, core protocol and creation extension.
 */
import type { Client } from './client'
import { Problem } from './errors'

const TUS = { 'Tus-Resumable': '1.0.0' }
const PART_BYTES = 256 * 1024

export interface Upload {
  bytes: Uint8Array
  metadata: Record<string, string>
  location: string | null // of a begun upload
  onLocation(location: string | null): Promise<void>
}

/** Sends what is missing; resolves when the server has, and has checked, all of it. Repeatable. */
export async function uploadByTus(client: Client, upload: Upload): Promise<void> {
  let location = upload.location
  let offset = location ? await offsetAt(client, location) : null
  if (location === null || offset === null) {
    location = await create(client, upload)
    await upload.onLocation(location)
    offset = 0
  }
  while (offset < upload.bytes.length) {
    const part = upload.bytes.slice(offset, offset + PART_BYTES)
    try {
      const answer = await client.call({
        method: 'PATCH', path: location, session: 'read', body: part, timeoutMs: 60_000,
        headers: { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      }) // prettier-ignore
      offset = Number(answer.headers.get('Upload-Offset') ?? offset + part.length)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      const known = await offsetAt(client, location)
      if (known === null || known === offset) throw error
      offset = known
    }
  }
}

async function create(client: Client, upload: Upload): Promise<string> {
  const metadata = Object.entries(upload.metadata).map(([key, value]) => `${key} ${btoa(value)}`).join(',') // prettier-ignore
  const headers = { ...TUS, 'Upload-Length': String(upload.bytes.length), 'Upload-Metadata': metadata }
  const answer = await client.call({ method: 'POST', path: '/attachments', session: 'read', headers })
  return pathOf(answer.headers.get('Location') ?? '')
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
