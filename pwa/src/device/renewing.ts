/**
 * A store that was copied to a second phone, or put back to an earlier day, gives the same number to two saves. The phone
 * notices by what the server says of its own replica, keeps everything, and gets a key of its own by a fresh enrolment code.
 */
import { changeId, sha256Hex } from '../sync/change'
import { fromBase64url, replicaId, sign, toBase64url } from '../sync/signatures'
import type { Verdict } from '../sync/verdict'
import { importSigner, makePair, newPassword, renewMainVault, type MainSecrets, type OpenVault, type Renewal } from '../vault'
import { deviceLabel, normaliseCode, PASSWORD_CHARACTERS_MIN } from './typed'
import { DeviceError } from './errors'
import { readStored } from './file-state'
import type { Phone } from './phone'
import { takeNextPolicy } from './policy-check'
import type { FileNews } from './taking-in'
import { setRoute } from './todays-route'

/** What the server says of saves under this phone's number: twice the same number, or one that this phone does not remember making. */
export async function findRenewal(phone: Phone, vault: OpenVault, told: readonly Verdict[], news: ReadonlyMap<string, FileNews>, isTail: boolean): Promise<Renewal | null> {
  const retired = new Set(vault.secrets?.retired ?? [])
  const own = told.filter((verdict) => verdict.dot && verdict.file && phone.replicas.has(verdict.dot[0]) && !retired.has(verdict.dot[0]))
  if (own.some((verdict) => verdict.reasons[0]?.code === 'fork' && verdict.status === 'quarantined')) return { code: 'fork', at: phone.now() }
  // Told from the beginning, own saves come back whole, and some by their verdict alone: that proves nothing.
  if (isTail) for (const verdict of own) if (await isStrange(vault, verdict, news)) return { code: 'older', at: phone.now() }
  return null
}

/** Neither in the outbox nor in the file, though the file is here whole, or was never here. */
async function isStrange(vault: OpenVault, verdict: Verdict, news: ReadonlyMap<string, FileNews>): Promise<boolean> {
  const whole = news.get(verdict.file as string)?.changes ?? []
  if (whole.some(({ envelope }) => changeId(envelope.body) === verdict.change)) return false
  if (verdict.status === 'declined' || (await vault.database.get('outbox', verdict.change))) return false
  const read = await vault.readFile(verdict.file as string).catch(() => undefined)
  if (read === undefined) return false // damaged: made anew from the server
  return !read || !readStored(read.body).some((known) => known.id === verdict.change)
}

/** The same vault under a new key. What is unsent keeps its old number and goes up as it is. */
export async function renew(phone: Phone, typed: string, password: string, onProgress: (step: string) => void): Promise<void> {
  const vault = phone.mustMain()
  const known = phone.mustPolicy()
  if (Array.from(password).length < PASSWORD_CHARACTERS_MIN) throw new DeviceError('invalid', 'the password is too short', { field: 'password' })
  const code = normaliseCode(typed)
  const offer = await phone.calls.look(code)
  if (offer.person_id !== known.me.person_id || offer.deployment !== known.deployment) throw new DeviceError('code_of_another', 'this code is another person’s')
  onProgress('keys')
  const [signing, receipt] = await Promise.all([makePair('ECDSA'), makePair('ECDH')])
  const replica = await replicaId(signing.publicKey)
  onProgress('password')
  const keys = await newPassword(phone.derive, password)
  onProgress('server')
  const shown = { public_key: toBase64url(signing.publicKey), receipt_key: toBase64url(receipt.publicKey) }
  const claim = { type: 'enrolment', v: 1, deployment: known.deployment, code_hash: sha256Hex(code), ...shown, at: phone.now() }
  const proof = await sign(claim, await importSigner(signing.privateKey))
  const enrolled = await phone.calls.confirm({ code, ...shown, label: deviceLabel(), auth: toBase64url(keys.auth), kdf: keys.kdf, proof })
  const policy = await takeNextPolicy(enrolled.policy, known)
  if (enrolled.replica !== replica) throw new DeviceError('invalid', 'enrolment')
  onProgress('vault')
  const before = vault.secrets as MainSecrets
  const secrets: MainSecrets = {
    ...before, replica, signing: toBase64url(signing.privateKey), signing_public: shown.public_key, receipt: toBase64url(receipt.privateKey),
    replicas: { ...before.replicas, [replica]: null }, retired: [...new Set([...(before.retired ?? []), ...Object.keys(before.replicas), before.replica])],
  } // prettier-ignore
  await phone.exclusively(async () => {
    const sync = { ...(await vault.readSync()), policy: enrolled.policy, policy_tag: null, renewal: null }
    await renewMainVault(phone.derive, vault, { password: keys, share: fromBase64url(enrolled.share), secrets, sync })
  })
  phone.usePolicy(policy)
  await phone.rememberClear({ replica, epoch: policy.epoch })
  await phone.forgetUploadSession()
  phone.sessionOpened('read', 'upload')
  phone.say({ renewal: null })
  onProgress('pin')
  const route = before.route && before.route.until > phone.now() ? before.route.files : []
  if (secrets.pin) await setRoute(phone, route)
}
