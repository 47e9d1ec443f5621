/** The ways in: password with the server's share, field code, PIN for the route. */
import { toBase64url, fromBase64url } from '../sync/signatures'
import { NoAnswer } from '../api'
import { derivePassword, listHolders, nameHolder, openVaultDatabase, openWithFieldCode, openWithPassword, openWithPin, readMainRow, type AuthenticatorAnswer, type OpenVault, type VaultDatabase } from '../vault'
import { DeviceError } from './errors'
import { openSession } from './keys'
import { heardServer, leaseOf, liveOn, mustHaveLease } from './lease'
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
  const vault = await openWithPassword(database, keys, fromBase64url(share))
  await phone.use(person, database)
  await heardServer(phone)
  await enterMain(phone, person, database, vault)
}

export async function unlockWithFieldCode(phone: Phone, person: string, code: string): Promise<void> {
  const database = await databaseOf(phone, person)
  await enterWithContact(phone, person, database, await openWithFieldCode(phone.derive, database, code))
}

/** `ask` brings what the phone's own lock answers; the engine knows nothing of WebAuthn. */
export async function unlockWithFingerprint(phone: Phone, person: string, ask: (phone: Phone, person: string) => Promise<AuthenticatorAnswer>): Promise<void> {
  const answer = await ask(phone, person)
  const database = await databaseOf(phone, person)
  const { openWithAuthenticator } = await import('../vault/authenticator')
  await enterWithContact(phone, person, database, await openWithAuthenticator(database, answer).finally(() => answer.secret.fill(0)))
}

/** Past its lease a phone opens only if the server answers to its key: whoever was revoked meanwhile stays outside. */
async function enterWithContact(phone: Phone, person: string, database: VaultDatabase, vault: OpenVault): Promise<void> {
  await phone.use(person, database)
  if ((await liveOn(phone)).state === 'over') {
    try {
      await openSession(phone, 'read', vault.secrets)
    } catch (error) {
      vault.close()
      throw error instanceof NoAnswer ? new DeviceError('lease_over', 'no contact for too long') : error
    }
    await heardServer(phone)
  }
  await enterMain(phone, person, database, vault)
}

export async function unlockWithPin(phone: Phone, person: string, pin: string): Promise<void> {
  const database = await databaseOf(phone, person)
  await phone.use(person, database)
  await liveOn(phone)
  mustHaveLease(phone) // before a try is counted
  const vault = await openWithPin(phone.derive, database, pin, phone.now())
  if (!vault.route) throw new DeviceError('damaged', 'route')
  phone.open(vault, readPolicy(vault.route.policy))
  await remember(phone, person)
}

async function enterMain(phone: Phone, person: string, database: VaultDatabase, vault: OpenVault): Promise<void> {
  await phone.use(person, database)
  const sync = await vault.readSync()
  const policy = readPolicy(sync.policy)
  phone.open(vault, policy)
  await phone.rememberClear({ verdict_key: policy.verdict_key, lease_days: policy.lease_days })
  phone.state.lease = leaseOf(phone.clear, phone.now())
  phone.say({ lastCompleteAt: sync.complete_at, renewal: sync.renewal?.code ?? null, restored: restoredOf(sync, phone.now()) })
  await remember(phone, person)
  const { tidyUp } = await import('./tidying')
  await tidyUp(phone, vault)
}

async function remember(phone: Phone, person: string): Promise<void> {
  const holder = (await listHolders()).find((row) => row.person === person)
  if (holder) await nameHolder({ ...holder, name: phone.state.me?.name ?? holder.name, used_at: phone.now() })
}
