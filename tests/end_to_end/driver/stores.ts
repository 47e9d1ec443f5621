/** Everything that lies in the browser's databases, byte for byte, as a laboratory would read it out of a copied disk. */
import type { Page } from 'playwright-core'

export type Stores = Record<string, Record<string, unknown[]>>

/** Bytes come as `{"bytes": base64}`. */
export async function dumpStores(page: Page): Promise<Stores> {
  return page.evaluate(async () => {
    const plain = (value: unknown): unknown => {
      if (value instanceof Uint8Array) return { bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) }
      if (Array.isArray(value)) return value.map(plain)
      if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
      return value
    }
    const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error('unreadable'))
    })
    const found: Stores = {}
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name as string))
      const stores: Record<string, unknown[]> = {}
      for (const store of database.objectStoreNames) stores[store] = (await done(database.transaction(store).objectStore(store).getAll())).map(plain)
      database.close()
      found[name as string] = stores
    }
    return found
  })
}
