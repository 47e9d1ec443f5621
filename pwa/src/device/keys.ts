/** The keys in use: who signs now, and sessions opened with the device key. */
import type { SessionKind } from '../api'
import { canonicalize } from '../sync/canonical'
import { fromBase64url, signText } from '../sync/signatures'
import { importSigner } from '../vault'
import { DeviceError } from './errors'
import type { Phone } from './phone'

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

export async function openSession(phone: Phone, kind: SessionKind): Promise<void> {
  const { secrets } = phone.vault ?? {}
  if (!secrets) throw new DeviceError('locked', 'the device key is locked away')
  const { nonce } = await phone.calls.challenge(secrets.replica)
  const text = canonicalize({ type: 'session', v: 1, deployment: phone.mustClear().deployment, replica: secrets.replica, kind, nonce })
  const { sig } = await signText(text, await importSigner(fromBase64url(secrets.signing)))
  await phone.calls.openSession({ replica: secrets.replica, kind, nonce, sig })
}
