/**
 * ECDSA P-256 over canonical texts by WebCrypto, and documents that the server signed: policy, verdicts (PROTOCOL.md
 * N-2, N-5, D-1). Where keys live and how they are wrapped is the vault's affair; keys come in as arguments.
 */
import { canonicalize, parseCanonical, type JsonObject } from './canonical'
import { changeId, hex, utf8, type Envelope } from './change'
import { SyncError } from './errors'
import { isPlain } from './shapes'
import { readVerdict, type Verdict } from './verdict'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }

/** Signs any document of ours; its `type` and `deployment` are part of what is signed. */
export function sign(document: object, privateKey: CryptoKey): Promise<Envelope> {
  return signText(canonicalize(document), privateKey)
}

/** Signs a text that is canonical already, such as `bodyText(change)`. */
export async function signText(body: string, privateKey: CryptoKey): Promise<Envelope> {
  const sig = await crypto.subtle.sign(SIGNING, privateKey, utf8(body) as BufferSource)
  return { body, sig: toBase64url(new Uint8Array(sig)) }
}

/** False, never an exception, for a wrong signature and for one that is no signature at all. */
export async function verify(envelope: Envelope, publicKey: CryptoKey): Promise<boolean> {
  let sig: Uint8Array
  try {
    sig = fromBase64url(envelope.sig)
  } catch (_) {
    return false
  }
  if (sig.length !== 64) return false
  return crypto.subtle.verify(SIGNING, publicKey, sig as BufferSource, utf8(envelope.body) as BufferSource)
}

/** A public key from its raw uncompressed point in base64url, as policies and enrolments carry it. */
export async function importPublicKey(rawBase64url: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', fromBase64url(rawBase64url) as BufferSource, ALGORITHM, true, ['verify'])
}

/** N-2: the replica's name, from its raw public key point. */
export async function replicaId(rawPublicKey: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', rawPublicKey as BufferSource))).slice(0, 32)
}

/** The key that signs for a station now, and those that did, each with the last place of the log that it answers for. */
export interface StationKeys {
  current: CryptoKey
  former: { key: CryptoKey; until: number }[]
}

/** Whether the station said this: now, or while a former key was its own. */
export async function believes(keys: StationKeys, envelope: Envelope): Promise<boolean> {
  if (await verify(envelope, keys.current)) return true
  for (const { key, until } of keys.former) if ((await verify(envelope, key)) && placeOf(envelope) <= until) return true
  return false
}

function placeOf(envelope: Envelope): number {
  try {
    const body = parseCanonical(envelope.body)
    if (isPlain(body) && Number.isSafeInteger(body.position) && (body.position as number) >= 0) return body.position as number
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
  }
  return Number.MAX_SAFE_INTEGER
}

/**
 * Opens a document that the server signed, of the stated `type` and for this deployment. Throws `bad_signature`,
 * `wrong_deployment`, `malformed` or `not_canonical`; a document that passes may be believed.
 */
export async function openSigned(envelope: Envelope, serverKey: CryptoKey | StationKeys, type: string, deployment: string): Promise<JsonObject> {
  const isSigned = 'former' in serverKey ? await believes(serverKey, envelope) : await verify(envelope, serverKey)
  if (!isSigned) throw new SyncError('bad_signature', '', 'The server did not sign this.')
  const body = parseCanonical(envelope.body)
  if (!isPlain(body) || body.type !== type) throw new SyncError('malformed', 'type', 'This is no ' + type + '.')
  if (body.deployment !== deployment) throw new SyncError('wrong_deployment', 'deployment', 'This belongs to another installation.')
  return body
}

/**
 * The verdict on a change, believed only where the server's key signed it and, if `changeText` is given, where it
 * speaks of exactly that text: nothing else makes a save leave the outbox.
 */
export async function openVerdict(envelope: Envelope, verdictKey: CryptoKey | StationKeys, deployment: string, changeText?: string): Promise<Verdict> {
  await openSigned(envelope, verdictKey, 'verdict', deployment)
  const verdict = readVerdict(envelope.body)
  if (changeText !== undefined && changeId(changeText) !== verdict.change) throw new SyncError('malformed', 'change', 'The verdict speaks of another change.')
  return verdict
}

/** base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** Strict inverse: padding, other letters and stray bits are refused, so that a value has one spelling. */
export function fromBase64url(text: string): Uint8Array {
  let bytes: Uint8Array | null = null
  if (typeof text === 'string' && /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1) {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  }
  if (!bytes || toBase64url(bytes) !== text) throw new SyncError('malformed', '', 'This is not base64url.')
  return bytes
}
