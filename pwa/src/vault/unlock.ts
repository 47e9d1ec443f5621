/** Makes, opens and re-wraps the two vaults of one person. Each way in ends in an `OpenVault`; keys stay inside it. */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { openVaultDatabase, write, type VaultDatabase } from './database'
import { nameHolder } from './directory'
import { VaultError } from './errors'
import type { Derive } from './kdf'
import { newFieldCode, unwrapWithFieldCode, unwrapWithPassword, wrapUnderFieldCode, wrapUnderPassword, type PasswordKeys } from './main-key'
import { OpenVault } from './open-vault'
import { makeRouteRow, unwrapWithPin, type PinKey } from './route-key'
import { checkStrength, strengthOf } from './strength'
import type { ClearRow, HolderRow, MainKeyRow } from './rows'
import type { MainSecrets, RouteSecrets, SyncState } from './secrets'
import { importKey, newRawKey, openJson, sealJson } from './suite'

export interface NewVault {
  holder: HolderRow
  vaultKey: Uint8Array
  password: PasswordKeys
  share: Uint8Array
  secrets: MainSecrets
  sync: SyncState
  clear: ClearRow
}

/** Writes a fresh main vault in one transaction, then names its holder in the directory. */
export async function createMainVault(derive: Derive, made: NewVault): Promise<VaultDatabase> {
  const owner = { person: made.clear.person, replica: made.clear.replica }
  const row: MainKeyRow = {
    id: 'main',
    v: 1,
    ...owner,
    password: await wrapUnderPassword(made.vaultKey, made.password, made.share, owner),
    field_code: await wrapUnderFieldCode(derive, made.vaultKey, made.secrets.field_code, owner),
  }
  const key = await importKey(made.vaultKey)
  const secrets: MainSecrets = { ...made.secrets, strength: strengthOf(row) }
  const states = [
    { id: 'secrets', body: await sealJson(key, secrets, { store: 'state', id: 'secrets' }) },
    { id: 'sync', body: await sealJson(key, made.sync, { store: 'state', id: 'sync' }) },
  ]
  const database = await openVaultDatabase(made.holder.database)
  await write(database, ['keys', 'state', 'clear'], async (transaction) => {
    await transaction.objectStore('keys').put(row)
    for (const state of states) await transaction.objectStore('state').put(state)
    await transaction.objectStore('clear').put(made.clear)
  })
  await nameHolder(made.holder)
  return database
}

export async function readMainRow(database: VaultDatabase): Promise<MainKeyRow> {
  const row = await database.get('keys', 'main')
  if (!row || row.id !== 'main') throw new VaultError('not_found', 'main')
  return row
}

export async function openWithPassword(database: VaultDatabase, keys: PasswordKeys, share: Uint8Array): Promise<OpenVault> {
  return openMain(database, await unwrapWithPassword(await readMainRow(database), keys, share))
}

export async function openWithFieldCode(derive: Derive, database: VaultDatabase, code: string): Promise<OpenVault> {
  const vault = await openMain(database, await unwrapWithFieldCode(derive, await readMainRow(database), code))
  // A key row of earlier days was put back: the code that it opens with was replaced since.
  if (vault.secrets?.field_code !== code.normalize('NFKC').replace(/[^0-9]/g, '')) {
    vault.close()
    throw new VaultError('downgrade', 'field_code')
  }
  return vault
}

export async function openMain(database: VaultDatabase, raw: Uint8Array): Promise<OpenVault> {
  const key = await importKey(raw)
  const secrets = await openJson<MainSecrets>(key, (await database.get('state', 'secrets'))?.body, { store: 'state', id: 'secrets' })
  checkStrength(await readMainRow(database), secrets)
  const route = secrets.route ? await importKey(fromBase64url(secrets.route.key)) : null
  const vault = new OpenVault(database, 'main', { vault: key, raw, route, inbox: await inboxKeyOf(database) }, secrets, null)
  await vault.loadIndex()
  return vault
}

export async function openWithPin(derive: Derive, database: VaultDatabase, pin: string, now: number): Promise<OpenVault> {
  const { key: raw } = await unwrapWithPin(derive, database, pin, now)
  const key = await importKey(raw)
  const route = await openJson<RouteSecrets>(key, (await database.get('state', 'route'))?.body, { store: 'state', id: 'route' })
  return new OpenVault(database, 'route', { vault: null, raw, route: key, inbox: await inboxKeyOf(database) }, null, route)
}

/** The public half of the inbox: what is made without the vault key is sealed to it. */
export async function inboxKeyOf(database: VaultDatabase): Promise<Uint8Array> {
  const clear = await database.get('clear', 'clear')
  if (!clear) throw new VaultError('not_found', 'clear')
  return fromBase64url(clear.inbox_key)
}

/** Puts a new route vault in the place of the old one. `vault` is the open main vault; its secrets learn the new key. */
export async function makeRouteVault(vault: OpenVault, pin: PinKey, route: RouteSecrets): Promise<void> {
  if (!vault.secrets) throw new VaultError('not_found', 'main')
  const raw = newRawKey()
  const row = await makeRouteRow(raw, pin, (await readMainRow(vault.database)).person, route.until)
  const secrets: MainSecrets = {
    ...vault.secrets,
    pin: { kdf: pin.kdf, key: toBase64url(pin.key) },
    route: { key: toBase64url(raw), replica: route.replica, files: Object.keys(route.files), until: route.until },
    replicas: { ...vault.secrets.replicas, [route.replica]: route.certificate },
  }
  const bodies = [
    { id: 'secrets', body: await sealJson(vault.ownKey, secrets, { store: 'state', id: 'secrets' }) },
    { id: 'route', body: await sealJson(await importKey(raw), route, { store: 'state', id: 'route' }) },
  ]
  await write(vault.database, ['keys', 'state'], async (transaction) => {
    await transaction.objectStore('keys').put(row)
    for (const body of bodies) await transaction.objectStore('state').put(body)
  })
  vault.secrets = secrets
  await vault.useRouteKey(raw)
}

/** The route's day is over: its key and content go. */
export async function dropRouteVault(database: VaultDatabase): Promise<void> {
  await write(database, ['keys', 'state'], async (transaction) => {
    await transaction.objectStore('keys').delete('route')
    await transaction.objectStore('state').delete('route')
  })
}

export async function renewFieldCode(derive: Derive, vault: OpenVault): Promise<MainSecrets> {
  if (!vault.secrets) throw new VaultError('not_found', 'main')
  const row = await readMainRow(vault.database)
  const field_code = newFieldCode()
  const wrap = await wrapUnderFieldCode(derive, vault.rawVaultKey, field_code, row)
  const secrets: MainSecrets = { ...vault.secrets, field_code, strength: strengthOf({ ...row, field_code: wrap }) }
  const body = await sealJson(vault.ownKey, secrets, { store: 'state', id: 'secrets' })
  await write(vault.database, ['keys', 'state'], async (transaction) => {
    await transaction.objectStore('keys').put({ ...row, field_code: wrap })
    await transaction.objectStore('state').put({ id: 'secrets', body })
  })
  vault.secrets = secrets
  return secrets
}

export interface RenewedVault {
  password: PasswordKeys
  share: Uint8Array
  secrets: MainSecrets
  sync: SyncState
}

/** The same vault and vault key for a device with new keys: both copies of the vault key are wrapped again for the new owner, in one transaction. */
export async function renewMainVault(derive: Derive, vault: OpenVault, renewed: RenewedVault): Promise<void> {
  const row = await readMainRow(vault.database)
  const owner = { person: row.person, replica: renewed.secrets.replica }
  const wrapped: MainKeyRow = {
    ...row,
    ...owner,
    password: await wrapUnderPassword(vault.rawVaultKey, renewed.password, renewed.share, owner),
    field_code: await wrapUnderFieldCode(derive, vault.rawVaultKey, renewed.secrets.field_code, owner),
    authenticator: null, // bound to the former owner; offered again
  }
  const secrets: MainSecrets = { ...renewed.secrets, strength: strengthOf(wrapped) }
  const states = [
    { id: 'secrets', body: await sealJson(vault.ownKey, secrets, { store: 'state', id: 'secrets' }) },
    { id: 'sync', body: await sealJson(vault.ownKey, renewed.sync, { store: 'state', id: 'sync' }) },
  ]
  await write(vault.database, ['keys', 'state', 'clear'], async (transaction) => {
    await transaction.objectStore('keys').put(wrapped)
    for (const state of states) await transaction.objectStore('state').put(state)
    const clear = await transaction.objectStore('clear').get('clear')
    if (clear) await transaction.objectStore('clear').put({ ...clear, replica: owner.replica })
  })
  vault.secrets = secrets
}

/** A new password in the place of a forgotten or old one: only its copy of the vault key changes. */
export async function replacePassword(vault: OpenVault, password: PasswordKeys, share: Uint8Array): Promise<void> {
  if (!vault.secrets) throw new VaultError('not_found', 'main')
  const row = await readMainRow(vault.database)
  const next: MainKeyRow = { ...row, password: await wrapUnderPassword(vault.rawVaultKey, password, share, row) }
  await putMainRow(vault, next)
}

/** The row of key copies together with what the vault remembers of their strength, in one transaction. */
export async function putMainRow(vault: OpenVault, row: MainKeyRow): Promise<void> {
  const secrets: MainSecrets = { ...(vault.secrets as MainSecrets), strength: strengthOf(row) }
  const body = await sealJson(vault.ownKey, secrets, { store: 'state', id: 'secrets' })
  await write(vault.database, ['keys', 'state'], async (transaction) => {
    await transaction.objectStore('keys').put(row)
    await transaction.objectStore('state').put({ id: 'secrets', body })
  })
  vault.secrets = secrets
}
