/** Bundles of others on their way: to the server, or receipts on their way back. Readable with every key closed; sealed to others. */
import { write, type VaultDatabase } from './database'
import { VaultError } from './errors'
import type { CarriedRow } from './rows'

/** What one phone carries at most: a station's week, and little beside what it holds anyway. */
export const CARRIED_MAX = 100
export const CARRIED_BYTES_MAX = 16 * 1024 * 1024

export async function listCarried(database: VaultDatabase): Promise<CarriedRow[]> {
  return (await database.getAll('carried')).sort((a, b) => a.at - b.at)
}

export async function findCarried(database: VaultDatabase, id: string): Promise<CarriedRow | undefined> {
  return database.get('carried', id)
}

/** False: it was here already, whatever has become of it since. Throws `carry_full` beyond what a phone carries. */
export async function keepCarried(database: VaultDatabase, row: CarriedRow): Promise<boolean> {
  let isNew = false
  await write(database, ['carried'], async (transaction) => {
    const store = transaction.objectStore('carried')
    const rows = await store.getAll()
    if (rows.some((known) => known.id === row.id)) return
    const bytes = rows.reduce((sum, known) => sum + known.bytes.length, row.bytes.length)
    if (rows.length >= CARRIED_MAX || bytes > CARRIED_BYTES_MAX) throw new VaultError('carry_full')
    await store.put(row)
    isNew = true
  })
  return isNew
}

/** What became of one, and the receipts that it brought, together. Nothing of a row that was dropped meanwhile. */
export async function settleCarried(database: VaultDatabase, id: string, facts: Partial<CarriedRow>, receipts: CarriedRow | null = null): Promise<void> {
  await write(database, ['carried'], async (transaction) => {
    const store = transaction.objectStore('carried')
    const row = await store.get(id)
    if (row) await store.put({ ...row, ...facts })
    if (receipts && !(await store.get(receipts.id))) await store.put(receipts)
  })
}

export async function dropCarried(database: VaultDatabase, ids: readonly string[]): Promise<void> {
  await write(database, ['carried'], async (transaction) => {
    for (const id of ids) await transaction.objectStore('carried').delete(id)
  })
}

/** Own saves that were given to somebody: when. It says nothing about whether they arrived. */
export async function noteHanded(database: VaultDatabase, ids: readonly string[], at: number): Promise<void> {
  await write(database, ['outbox'], async (transaction) => {
    const store = transaction.objectStore('outbox')
    for (const id of ids) {
      const row = await store.get(id)
      if (row) await store.put({ ...row, handed_at: at })
    }
  })
}
