/** What waits to be sent: rows that hold no content in clear, readable with every key closed. */
import { write, type VaultDatabase } from './database'
import type { AttachmentRow, OutboxRow } from './rows'

export interface Waiting {
  count: number
  since: number | null // ms
  photos: number // beside the saves: they go up by themselves after them
  returned: number // came back and were not put away
}

/** Saves that the server does not have yet, and records that wait in the inbox to be signed. */
export async function countWaiting(database: VaultDatabase): Promise<Waiting> {
  const times = [...(await listUnreceived(database)), ...(await database.getAll('inbox'))].map((row) => row.at)
  const attachments = await listUnuploaded(database)
  const photos = attachments.filter((row) => !row.small).length || Math.min(1, attachments.length) // with its small picture a photo is one
  const returned = (await database.getAll('outbox')).filter((row) => (row.fate === 'returned' || row.fate === 'declined') && !row.dismissed).length
  return { count: times.length, since: times.length ? Math.min(...times) : null, photos, returned }
}

/** Files with a draft or a photo that the server does not have: both are under the file's key and go with it. */
export async function listUnfinished(database: VaultDatabase): Promise<string[]> {
  const drafts = (await database.getAll('drafts')).map((row) => row.file)
  const photos = (await listUnuploaded(database)).map((row) => row.file)
  return [...drafts, ...photos].filter((file): file is string => file !== null)
}

/** Attachments that a save names and the server does not have: small pictures first, then what is soonest through. */
export async function listUnuploaded(database: VaultDatabase): Promise<AttachmentRow[]> {
  const rows = (await database.getAll('attachments')).filter((row) => !row.uploaded && row.named !== false)
  return rows.sort((a, b) => Number(b.small ?? false) - Number(a.small ?? false) || a.bytes - b.bytes)
}

/** In the order they were made: a change goes after the one that it builds on. */
export async function listUnreceived(database: VaultDatabase): Promise<OutboxRow[]> {
  const rows = (await database.getAll('outbox')).filter((row) => row.fate === 'unsent' && !row.received)
  return rows.sort(inOrder)
}

/** Without a verdict yet, received or not: what a full sync asks about. */
export async function listUndecided(database: VaultDatabase): Promise<OutboxRow[]> {
  return (await database.getAll('outbox')).filter((row) => row.fate === 'unsent').sort(inOrder)
}

function inOrder(a: OutboxRow, b: OutboxRow): number {
  return a.at - b.at || a.seq - b.seq
}

export async function markReceived(database: VaultDatabase, ids: readonly string[]): Promise<void> {
  await write(database, ['outbox'], async (transaction) => {
    const store = transaction.objectStore('outbox')
    for (const id of ids) {
      const row = await store.get(id)
      if (row) await store.put({ ...row, received: true })
    }
  })
}
