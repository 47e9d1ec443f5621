/** Makes this browser a device of a person: keys, both vaults, field code. Opening a link uses nothing up; this does. */
import type { Offer } from '../api'
import { sha256Hex } from '../sync/change'
import { replicaId, sign, toBase64url } from '../sync/signatures'
import {
  createMainVault, derivePin, dropDatabase, forgetHolder, importSigner, listHolders, makePair, newFieldCode, newPassword, nameHolder, newRawKey, openMain, openVaultDatabase, write, type ClearRow,
  type HolderRow, type MainSecrets, type OutboxRow, type SyncState, type VaultDatabase,
} from '../vault' // prettier-ignore
import type { EnrolmentOffer, EnrolmentSecrets } from './contract'
import { DeviceError } from './errors'
import { checkPassword } from './password-rules'
import type { Phone } from './phone'
import { FRESH_LINES } from './tidying'
import type { Policy } from './policy'
import { takeFirstPolicy } from './policy-check'
import { deviceLabel, normaliseCode, PASSWORD_CHARACTERS_MIN } from './typed'
import { checkPin, setRoute } from './todays-route'

export async function look(phone: Phone, typed: string): Promise<{ offer: EnrolmentOffer; raw: Offer }> {
  const code = normaliseCode(typed)
  if (!code) throw new DeviceError('code_unknown', 'empty')
  const raw = await phone.calls.look(code)
  return { raw, offer: { code, stationName: raw.station_name, personName: raw.person_name, duty: raw.duty, expiresAt: raw.expires_at } }
}

export function checkSecrets({ password, pin }: EnrolmentSecrets): void {
  if (Array.from(password).length < PASSWORD_CHARACTERS_MIN) throw new DeviceError('invalid', 'the password is too short', { field: 'password' })
  checkPin(pin)
}

export async function enrol(phone: Phone, code: string, raw: Offer, secrets: EnrolmentSecrets, onProgress: (step: string) => void): Promise<{ fieldCode: string }> {
  checkSecrets(secrets)
  // Confirming uses the code up: a browser that refuses to store must be found before.
  const holders = await listHolders().catch(() => {
    throw new DeviceError('unsupported', 'storage')
  })
  onProgress('keys')
  const [signing, receipt, inbox] = await Promise.all([makePair('ECDSA'), makePair('ECDH'), makePair('ECDH')])
  const replica = await replicaId(signing.publicKey)
  onProgress('password')
  await checkPassword(secrets.password, raw.profile)
  const password = await newPassword(phone.derive, secrets.password)
  onProgress('server')
  const keys = { public_key: toBase64url(signing.publicKey), receipt_key: toBase64url(receipt.publicKey) }
  const claim = { type: 'enrolment', v: 1, deployment: raw.deployment, code_hash: sha256Hex(code), ...keys, at: phone.now() }
  const proof = await sign(claim, await importSigner(signing.privateKey))
  const request = { code, ...keys, label: deviceLabel(), auth: toBase64url(password.auth), kdf: password.kdf, proof }
  const enrolled = await phone.calls.confirm(request)
  const policy = await takeFirstPolicy(enrolled.policy, raw.deployment)
  if (enrolled.replica !== replica || enrolled.person_id !== policy.me.person_id) throw new DeviceError('invalid', 'enrolment')
  onProgress('vault')
  const made: MainSecrets = {
    replica, signing: toBase64url(signing.privateKey), signing_public: keys.public_key, receipt: toBase64url(receipt.privateKey), inbox: toBase64url(inbox.privateKey),
    field_code: newFieldCode(), pin: null, route: null, replicas: { [replica]: null },
  } // prettier-ignore
  const sync: SyncState = { cursor: null, server_at: enrolled.server_at, complete_at: null, policy: enrolled.policy, policy_tag: null, damaged: [], packs: [], cursor_after_packs: null, lines: FRESH_LINES }
  const clear = clearOf(policy, replica, toBase64url(inbox.publicKey), enrolled.server_at, phone.now())
  const holder: HolderRow = { person: policy.me.person_id, name: policy.me.name, database: `yihu-${replica}`, route_until: null, used_at: phone.now() }
  const earlier = holders.find((row) => row.person === holder.person)
  const vaultKey = newRawKey()
  // Named before the new one takes its place: what still waits in the earlier vault can be opened whatever happens now.
  const kept = earlier && { ...earlier, person: `kept:${earlier.database}`, kept_of: earlier.person, route_until: null }
  if (kept) await nameHolder(kept)
  const database = await createMainVault(phone.derive, { holder, vaultKey, password, share: bytesOf(enrolled.share), secrets: made, sync, clear })
  if (kept) await carryOver(kept, database)
  await phone.use(holder.person, database)
  phone.open(await openMain(database, vaultKey), policy)
  phone.sessionOpened('read', 'upload')
  onProgress('pin')
  await setRoute(phone, [], await derivePin(phone.derive, secrets.pin))
  return { fieldCode: made.field_code }
}

/** An earlier vault of the same person, forgotten or outgrown: its sealed saves go on from here, only then does it go. */
async function carryOver(kept: HolderRow, to: VaultDatabase): Promise<void> {
  const from = await openVaultDatabase(kept.database)
  const rows: OutboxRow[] = (await from.getAll('outbox')).filter((row) => row.sealed && row.fate === 'unsent' && !row.received)
  const photos = (await from.getAll('attachments')).filter((row) => !row.uploaded).length
  const refused = (await from.getAll('outbox')).filter((row) => (row.fate === 'returned' || row.fate === 'declined') && !row.dismissed).length
  const locked = (await from.count('inbox')) + (await from.count('drafts')) + photos + refused
  await write(to, ['outbox'], async (transaction) => {
    for (const row of rows) await transaction.objectStore('outbox').put(row)
  })
  from.close()
  // Records in its inbox, drafts, photos and what came back are readable by its own keys alone: such a vault stays, under a name of its own.
  if (locked) return
  await forgetHolder(kept.person)
  await dropDatabase(kept.database)
}

function clearOf(policy: Policy, replica: string, inboxKey: string, serverAt: number, now: number): ClearRow {
  return {
    id: 'clear', v: 1, deployment: policy.deployment, station: { id: policy.station.id, name: policy.station.name }, person: policy.me.person_id, replica,
    sealing_key: policy.sealing_key, inbox_key: inboxKey, villages: policy.villages, epoch: policy.epoch, server_at: serverAt, contact_at: now, stale: [], verdict_key: policy.verdict_key, lease_days: policy.lease_days,
  } // prettier-ignore
}

function bytesOf(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0))
}
