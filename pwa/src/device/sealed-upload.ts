/** Sealed saves on their way up: those of the vault in use, and of every other vault of this phone, opened or not. */
import { BATCH_BYTES_MAX, CHANGES_PER_BATCH_MAX } from '../sync/messages'
import { toBase64url } from '../sync/signatures'
import { listHolders, listUnreceived, markReceived, openVaultDatabase, type OutboxRow, type VaultDatabase } from '../vault'
import type { Phone } from './phone'

/** What could not be taken in stays, and is told. */
export async function sendSealed(phone: Phone, database: VaultDatabase, rows: readonly OutboxRow[]): Promise<string[]> {
  const faults: string[] = []
  let waiting = rows.filter((row) => row.sealed)
  while (waiting.length) {
    const batch = firstBatch(waiting)
    waiting = waiting.slice(batch.length)
    const { results } = await phone.calls.sealed(batch.map((row) => ({ id: row.id, sealed: toBase64url(row.sealed as Uint8Array) })))
    await markReceived(database, results.filter((result) => result.code !== 'refused').map((result) => result.id)) // prettier-ignore
    if (results.some((result) => result.code === 'refused')) faults.push('sealed_refused')
    await phone.refreshWaiting()
  }
  return faults
}

/**
 * People who share a phone do not wait for one another: whoever has an upload session takes the sealed saves of all of the same
 * station along. Nothing of them is opened; only their authors' phones see what became of them.
 */
export async function sendForOthers(phone: Phone): Promise<void> {
  const { clear } = phone
  if (!clear) return
  for (const holder of await listHolders()) {
    if (holder.person === phone.person || holder.wiped) continue
    const database = await openVaultDatabase(holder.database)
    try {
      const theirs = await database.get('clear', 'clear')
      if (theirs?.deployment === clear.deployment && theirs.station.id === clear.station.id) await sendSealed(phone, database, await listUnreceived(database))
    } finally {
      database.close()
    }
  }
}

function firstBatch(rows: readonly OutboxRow[]): OutboxRow[] {
  let bytes = 0
  const fits = rows.findIndex((row, index) => index >= CHANGES_PER_BATCH_MAX || (bytes += (row.sealed?.length ?? 0) * 1.4) > BATCH_BYTES_MAX)
  return fits < 0 ? [...rows] : rows.slice(0, Math.max(1, fits))
}
