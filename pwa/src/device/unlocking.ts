/** The ways in: password with the server's share, field code, PIN for the route. */
import { toBase64url, fromBase64url } from '../sync/signatures'
import { derivePassword, listHolders, nameHolder, openVaultDatabase, openWithFieldCode, openWithPassword, openWithPin, readMainRow, type OpenVault, type VaultDatabase } from '../vault'
import { DeviceError } from './errors'
import type { Phone } from './phone'
import { readPolicy } from './policy'
import { restoredOf } from './witness'

async function databaseOf(phone: Phone, person: string): Promise<VaultDatabase> {
  if (phone.person === person && phone.database) return phone.database
  const holder = (await listHolders()).find((row) => row.person === person)
  if (!holder) throw new DeviceError('not_found', 'no vault of this person')
  return openVaultDatabase(holder.database, () => phone.close())
}

export async function unlockWithPassword(phone: Phone, person: string, password: string): Promise<void> {
  const database = await databaseOf(phone, person)
  const row = await readMainRow(database)
  if (!row.password) throw new DeviceError('share_gone', 'no password is set here')
  const keys = await derivePassword(phone.derive, password, row.password.kdf)
  const { share } = await phone.calls.share(row.replica, toBase64url(keys.auth))
  await enterMain(phone, person, database, await openWithPassword(database, keys, fromBase64url(share)))
}

export async function unlockWithFieldCode(phone: Phone, person: string, code: string): Promise<void> {
  const database = await databaseOf(phone, person)
  await enterMain(phone, person, database, await openWithFieldCode(phone.derive, database, code))
}

export async function unlockWithPin(phone: Phone, person: string, pin: string): Promise<void> {
  const database = await databaseOf(phone, person)
  const vault = await openWithPin(phone.derive, database, pin, phone.now())
  if (!vault.route) throw new DeviceError('damaged', 'route')
  await phone.use(person, database)
  phone.open(vault, readPolicy(vault.route.policy))
  await remember(phone, person)
}

async function enterMain(phone: Phone, person: string, database: VaultDatabase, vault: OpenVault): Promise<void> {
  await phone.use(person, database)
  const sync = await vault.readSync()
  phone.open(vault, readPolicy(sync.policy))
  phone.say({ lastCompleteAt: sync.complete_at, renewal: sync.renewal?.code ?? null, restored: restoredOf(sync, phone.now()) })
  await remember(phone, person)
  const { tidyUp } = await import('./tidying')
  await tidyUp(phone, vault)
}

async function remember(phone: Phone, person: string): Promise<void> {
  const holder = (await listHolders()).find((row) => row.person === person)
  if (holder) await nameHolder({ ...holder, name: phone.state.me?.name ?? holder.name, used_at: phone.now() })
}
