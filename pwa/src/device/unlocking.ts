/** The ways in and the way out: password with the server's share, field code, PIN for the route; locking forgets every key. */
import { toBase64url, fromBase64url } from '../sync/signatures'
import { derivePassword, listHolders, nameHolder, openVaultDatabase, openWithFieldCode, openWithPassword, openWithPin, readMainRow, VaultError, type OpenVault, type VaultDatabase } from '../vault'
import type { VaultHolder } from './contract'
import { DeviceError } from './errors'
import type { Phone } from './phone'
import { readPolicy } from './policy'
import { endOldRoute } from './todays-route'
import { takeInbox } from './unlinked'

export async function holders(phone: Phone): Promise<VaultHolder[]> {
  const rows = (await listHolders()).sort((a, b) => b.used_at - a.used_at)
  const until = (at: number | null): number | null => (at !== null && at > phone.now() ? at : null)
  return rows.map((row) => ({ personId: row.person, displayName: row.name, routeUntil: until(row.route_until) }))
}

/** Closed, but with its outbox at hand: what the phone does when it starts. */
export async function useLatest(phone: Phone): Promise<void> {
  const [latest] = (await listHolders()).sort((a, b) => b.used_at - a.used_at)
  if (latest) await phone.use(latest.person, await openVaultDatabase(latest.database, () => phone.close()))
}

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
  phone.say({ lastCompleteAt: sync.complete_at })
  await remember(phone, person)
  await endOldRoute(phone, vault)
  if (vault.indexDamaged) await relist(phone, vault, await vault.listFiles(), true)
  else await relist(phone, vault, phone.mustClear().stale, false)
  await takeInbox(phone)
  phone.refreshHouseholds()
}

async function remember(phone: Phone, person: string): Promise<void> {
  const holder = (await listHolders()).find((row) => row.person === person)
  if (holder) await nameHolder({ ...holder, name: phone.state.me?.name ?? holder.name, used_at: phone.now() })
}

/** Makes the index of these files anew: after the route wrote them, or when the index did not verify. */
async function relist(phone: Phone, vault: OpenVault, files: readonly string[], tell: boolean): Promise<void> {
  for (let start = 0; start < files.length; start += 50) {
    await phone.exclusively(async () => {
      const liner = await phone.liner()
      const writes = []
      for (const file of files.slice(start, start + 50)) {
        try {
          const read = await vault.readFile(file)
          if (read) writes.push({ ...read, line: liner(read.body) })
        } catch (error) {
          if (!(error instanceof VaultError)) throw error
          tell = true
        }
      }
      if (writes.length) await phone.commit(vault, { files: writes })
    })
  }
  if (tell) phone.say({ problem: { code: 'damaged', detail: 'index' } })
}

export async function lock(phone: Phone): Promise<void> {
  const isMain = phone.vault?.mode === 'main'
  phone.close()
  if (isMain) await phone.calls.endReadSession().catch(() => undefined)
}
