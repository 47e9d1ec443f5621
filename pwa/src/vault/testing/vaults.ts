/** For tests: a fresh main vault on an in-memory IndexedDB, with a key derivation that costs nothing. */
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { openDB } from 'idb'
import { fromBase64url, toBase64url } from '../../sync/signatures'
import type { Derive } from '../kdf'
import { makePair } from '../sealing'
import { createMainVault, openMain } from '../unlock'
import { derivePassword, newFieldCode, newPassword, type PasswordKeys } from '../main-key'
import type { VaultDatabase } from '../database'
import type { OpenVault } from '../open-vault'
import type { FileBody } from '../rows'
import { encode, join, newRawKey, randomBytes } from '../suite'

export const PERSON = 'aa'.repeat(16)
export const REPLICA = 'bb'.repeat(16)

/** SHA-256 in the place of Argon2id: the same shape, none of the work. The parameters still decide the result. */
export const quickDerive: Derive = async (secret, { salt, m_kib, t, p }) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', join(encode(`${secret}|${m_kib}|${t}|${p}|`), fromBase64url(salt)) as BufferSource))

/** A browser that never had a vault. */
export function freshStorage(): void {
  globalThis.indexedDB = new IDBFactory()
}

export interface TestVault {
  database: VaultDatabase
  vault: OpenVault
  password: PasswordKeys
  share: Uint8Array
  fieldCode: string
}

let made = 0

export async function makeTestVault(): Promise<TestVault> {
  const [signing, receipt, inbox] = await Promise.all([makePair('ECDSA'), makePair('ECDH'), makePair('ECDH')])
  const password = await newPassword(quickDerive, '晚饭吃了三碗大米饭呀')
  const share = randomBytes(32)
  const vaultKey = newRawKey()
  const fieldCode = newFieldCode()
  const policy = { body: '{}', sig: '' }
  const database = await createMainVault(quickDerive, {
    holder: { person: PERSON, name: '林小禾', database: `test-${++made}`, route_until: null, used_at: 0 },
    vaultKey, password, share,
    secrets: {
      replica: REPLICA, signing: toBase64url(signing.privateKey), signing_public: toBase64url(signing.publicKey), receipt: toBase64url(receipt.privateKey),
      inbox: toBase64url(inbox.privateKey), field_code: fieldCode, pin: null, route: null, replicas: { [REPLICA]: null },
    },
    sync: { cursor: null, server_at: 0, complete_at: null, policy, policy_tag: null, damaged: [], packs: [], cursor_after_packs: null },
    clear: {
      id: 'clear', v: 1, deployment: 'd'.repeat(32), station: { id: 'e'.repeat(32), name: '站' }, person: PERSON, replica: REPLICA, sealing_key: toBase64url(inbox.publicKey),
      inbox_key: toBase64url(inbox.publicKey), villages: [], epoch: 1, server_at: 0, contact_at: 0, stale: [],
    },
  }) // prettier-ignore
  return { database, vault: await openMain(database, vaultKey), password, share, fieldCode }
}

export function bodyOf(file: string, words: string): FileBody {
  return { file, kind: 'household', scope: 'f'.repeat(32), left: false, changes: [{ envelope: { body: words, sig: 'x' }, verdict: null }] }
}

export function fileId(number: number): string {
  return number.toString(16).padStart(32, '0')
}

export async function passwordAgain(kdf: PasswordKeys['kdf'], password: string): Promise<PasswordKeys> {
  return derivePassword(quickDerive, password, kdf)
}

/** A copy of everything on this phone, as an image of its disk would hold it; give it to `useStorage` to be the other phone. */
export async function copyStorage(): Promise<IDBFactory> {
  const from = indexedDB
  const to = new IDBFactory()
  for (const { name } of await from.databases()) {
    globalThis.indexedDB = from
    const source = await openDB(name as string)
    const content = await Promise.all([...source.objectStoreNames].map(async (store) => ({ store, rows: await source.getAll(store) })))
    const stores = content.map(({ store, rows }) => ({ store, rows, keyPath: source.transaction(store).store.keyPath as string, indexes: [...source.transaction(store).store.indexNames] }))
    globalThis.indexedDB = to
    const copy = await openDB(name as string, source.version, {
      upgrade: (database) => {
        for (const { store, keyPath, indexes } of stores) {
          const made = database.createObjectStore(store, { keyPath })
          for (const index of indexes) made.createIndex(index, index)
        }
      },
    })
    for (const { store, rows } of stores) for (const row of rows) await copy.put(store, row)
    copy.close()
    source.close()
  }
  globalThis.indexedDB = from
  return to
}

export function useStorage(storage: IDBFactory): void {
  globalThis.indexedDB = storage
}
