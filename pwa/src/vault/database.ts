/**
 * Opens the phone's databases: one directory of who has a vault here, one database a person. Blocked, blocking and terminated
 * connections are each handled; a write counts when its transaction completes, with strict durability.
 */
import { deleteDB, openDB, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import { VaultError } from './errors'
import type { DirectorySchema, VaultSchema } from './rows'

export type VaultDatabase = IDBPDatabase<VaultSchema>
type Store = StoreNames<VaultSchema>

const VERSION = 2
const DIRECTORY_VERSION = 1
const DIRECTORY = 'yihu'

export async function openDirectory(): Promise<IDBPDatabase<DirectorySchema>> {
  return openDB<DirectorySchema>(DIRECTORY, DIRECTORY_VERSION, {
    upgrade: (database) => void database.createObjectStore('holders', { keyPath: 'person' }),
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
  })
}

/** `onLost`: the browser closed the database under us (storage cleared, newer app in another tab). */
export async function openVaultDatabase(name: string, onLost: () => void = () => undefined): Promise<VaultDatabase> {
  return openDB<VaultSchema>(name, VERSION, {
    upgrade(database, from) {
      if (from < 1) {
        for (const store of ['keys', 'clear', 'state', 'files', 'outbox', 'drafts', 'inbox', 'attachments'] as const) database.createObjectStore(store, { keyPath: 'id' })
        database.createObjectStore('index', { keyPath: 'chunk' })
        database.createObjectStore('parts', { keyPath: 'id' }).createIndex('pack', 'pack')
      }
      if (from < 2) database.createObjectStore('carried', { keyPath: 'id' })
    },
    blocking(_from, _to, event) {
      ;(event.target as IDBDatabase).close()
      onLost()
    },
    terminated: onLost,
  })
}

export async function dropDatabase(name: string): Promise<void> {
  await deleteDB(name)
}

/**
 * Runs `work` in one strict transaction and resolves when it is on disk. `work` may await only requests of the transaction:
 * awaiting WebCrypto ends it on old engines, so sealing comes before.
 */
export async function write<Names extends Store[]>(
  database: VaultDatabase,
  stores: Names,
  work: (transaction: IDBPTransaction<VaultSchema, Names, 'readwrite'>) => Promise<void>,
): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' })
  const done = transaction.done.catch((error: unknown) => {
    throw asVaultError(error)
  })
  try {
    await work(transaction)
  } catch (error) {
    try {
      transaction.abort()
    } catch {
      // already over
    }
    await done.catch(() => undefined)
    throw asVaultError(error)
  }
  await done
}

function asVaultError(error: unknown): unknown {
  const name = (error as { name?: string } | null)?.name
  if (name === 'QuotaExceededError') return new VaultError('storage_full')
  if (name === 'InvalidStateError' || name === 'UnknownError') return new VaultError('storage_lost')
  return error ?? new VaultError('storage_lost')
}

let queue: Promise<unknown> = Promise.resolve()

/** One writer at a time: over all tabs where the browser has Web Locks, else within this one. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as { locks?: LockManager } | undefined)?.locks
  if (locks) return locks.request(`yihu/${name}`, work) as Promise<T>
  const turn = queue.then(work, work)
  queue = turn.catch(() => undefined)
  return turn
}
