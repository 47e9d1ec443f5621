/**
 * The phone's own authenticator as one more way in: WebAuthn with PRF, where the browser and the phone have it. It is offered, never
 * needed, and can be taken away. What stands at the authenticator's side names neither person nor station.
 */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { dropAuthenticator, findAuthenticator, keepUnderAuthenticator, openVaultDatabase, listHolders, randomBytes, type AuthenticatorAnswer } from '../vault'
import { DeviceError } from './errors'
import type { Phone } from './phone'

const NAME = '一户'
const WAIT_MS = 60_000
const ALGORITHMS: PublicKeyCredentialParameters[] = [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }]

interface PrfResults { prf?: { enabled?: boolean; results?: { first?: BufferSource } } }

/** Whether this phone has a lock of its own that could open a vault; whether it can PRF shows only when asked. */
export async function canUseFingerprint(): Promise<boolean> {
  const Api = globalThis.PublicKeyCredential as typeof PublicKeyCredential | undefined
  if (!Api || !globalThis.isSecureContext) return false
  return Api.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}

export async function hasFingerprint(phone: Phone): Promise<boolean> {
  return (await findAuthenticator(phone.mustMain().database)) !== null
}

export async function addFingerprint(phone: Phone): Promise<void> {
  const vault = phone.mustMain()
  const salt = randomBytes(32)
  const made = (await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: NAME, id: location.hostname },
        user: { id: randomBytes(16) as BufferSource, name: NAME, displayName: NAME },
        challenge: randomBytes(32) as BufferSource,
        pubKeyCredParams: ALGORITHMS,
        authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required', residentKey: 'discouraged' },
        attestation: 'none',
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    }),
  )) as PublicKeyCredential
  const { prf } = made.getClientExtensionResults() as PrfResults
  if (!prf?.enabled && !prf?.results?.first) throw new DeviceError('unsupported', 'prf')
  const credential = toBase64url(new Uint8Array(made.rawId))
  // Many answer PRF only when they are used, not when they are made.
  const secret = prf.results?.first ? bytesOf(prf.results.first) : (await answer(credential, salt)).secret
  await keepUnderAuthenticator(vault, { credential, salt: toBase64url(salt), secret }, phone.now())
  secret.fill(0)
}

export async function removeFingerprint(phone: Phone): Promise<void> {
  await dropAuthenticator(phone.mustMain())
}

/** What the authenticator says for this person's vault; `not_found` where none was set up. */
export async function askFingerprint(phone: Phone, person: string): Promise<AuthenticatorAnswer> {
  const holder = (await listHolders()).find((row) => row.person === person)
  if (!holder) throw new DeviceError('not_found', 'no vault of this person')
  const own = phone.person === person ? phone.database : null
  const database = own ?? (await openVaultDatabase(holder.database))
  const wrap = await findAuthenticator(database).finally(() => own ?? database.close())
  if (!wrap) throw new DeviceError('not_found', 'no fingerprint is set up')
  return answer(wrap.credential, fromBase64url(wrap.salt))
}

async function answer(credential: string, salt: Uint8Array): Promise<AuthenticatorAnswer> {
  const found = (await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32) as BufferSource,
        rpId: location.hostname,
        allowCredentials: [{ type: 'public-key', id: fromBase64url(credential) as BufferSource }],
        userVerification: 'required',
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    }),
  )) as PublicKeyCredential
  const first = (found.getClientExtensionResults() as PrfResults).prf?.results?.first
  if (!first) throw new DeviceError('unsupported', 'prf')
  return { credential, salt: toBase64url(salt), secret: bytesOf(first) }
}

async function ask(work: () => Promise<Credential | null>): Promise<Credential> {
  const found = await work().catch((error: unknown) => {
    // Whatever the phone refuses, the person turned away from it or it did not know them: the other ways stay.
    throw new DeviceError('fingerprint_refused', error instanceof Error ? error.name : '')
  })
  if (!found) throw new DeviceError('fingerprint_refused')
  return found
}

function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
}
