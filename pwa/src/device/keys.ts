/** The keys in use: who signs now, and sessions opened with the device key. */
import type { SessionKind } from '../api'
import { canonicalize } from '../sync/canonical'
import { fromBase64url, signText } from '../sync/signatures'
import { importSigner, listHolders, nameHolder } from '../vault'
import { DeviceError } from './errors'
import type { Phone } from './phone'

const UPLOAD_HALF_MS_MAX = 15 * 86_400_000 // whatever a wrong clock makes of it

/** The device key in the main vault, the day's key on the route. */
export interface Signer {
  replica: string
  key: CryptoKey
}

export async function signerOf(phone: Phone): Promise<Signer> {
  const { secrets, route } = phone.mustVault()
  const from = secrets ?? route
  if (!from) throw new DeviceError('locked', 'no key is open')
  return { replica: from.replica, key: await importSigner(fromBase64url(from.signing)) }
}

export async function openSession(phone: Phone, kind: SessionKind, secrets = phone.vault?.secrets): Promise<void> {
  if (!secrets) throw new DeviceError('locked', 'the device key is locked away')
  const { nonce } = await phone.calls.challenge(secrets.replica)
  const text = canonicalize({ type: 'session', v: 1, deployment: phone.mustClear().deployment, replica: secrets.replica, kind, nonce })
  const { sig } = await signText(text, await importSigner(fromBase64url(secrets.signing)))
  const { expires_at } = await phone.calls.openSession({ replica: secrets.replica, kind, nonce, sig })
  if (kind === 'upload') await rememberUploadSession(phone, phone.now() + Math.min(UPLOAD_HALF_MS_MAX, Math.max(0, expires_at - phone.now()) / 2))
}

/** The cookie is one for the whole browser: whoever opened the last session holds it. */
export async function hasUploadSession(phone: Phone): Promise<boolean> {
  const holder = (await listHolders()).find((row) => row.person === phone.person)
  return (holder?.upload_until ?? 0) > phone.now()
}

export async function rememberUploadSession(phone: Phone, until: number | null): Promise<void> {
  for (const row of await listHolders()) {
    const mine = row.person === phone.person ? (until ?? 0) : 0
    if ((row.upload_until ?? 0) !== mine) await nameHolder({ ...row, upload_until: mine })
  }
}
