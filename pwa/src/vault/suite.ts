/**
 * Suite 1: AES-256-GCM and HKDF-SHA256 by WebCrypto. Every sealed thing names its suite and is bound to the store and record it
 * belongs to, so it can be neither weakened nor moved. A later suite (SM4-GCM, SM3) joins here.
 */
import { canonicalize } from '../sync/canonical'
import { VaultError } from './errors'

export const SUITE = 1
const KEY_BYTES = 32
const IV_BYTES = 12

export interface Sealed {
  suite: number
  iv: Uint8Array
  data: Uint8Array
}

/** What a sealed record is bound to: it opens only as this record of this store. */
export interface Place {
  store: string
  id: string
  [fact: string]: string | number | null
}

export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}

export function newRawKey(): Uint8Array {
  return randomBytes(KEY_BYTES)
}

export async function importKey(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

export async function seal(key: CryptoKey, plain: Uint8Array, place: Place): Promise<Sealed> {
  const iv = randomBytes(IV_BYTES)
  const data = await crypto.subtle.encrypt(algorithm(iv, place, SUITE), key, plain as BufferSource)
  return { suite: SUITE, iv, data: new Uint8Array(data) }
}

/** Throws `downgrade` for a suite this app does not take, `damaged` for anything that does not verify in its place. */
export async function open(key: CryptoKey, sealed: Sealed | undefined, place: Place): Promise<Uint8Array> {
  if (!sealed) throw new VaultError('damaged', place.id)
  if (sealed.suite !== SUITE) throw new VaultError('downgrade', place.id)
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(sealed.iv, place, sealed.suite), key, sealed.data as BufferSource))
  } catch {
    throw new VaultError('damaged', place.id)
  }
}

export async function sealJson(key: CryptoKey, value: unknown, place: Place): Promise<Sealed> {
  return seal(key, encode(JSON.stringify(value)), place)
}

export async function openJson<T>(key: CryptoKey, sealed: Sealed | undefined, place: Place): Promise<T> {
  return JSON.parse(decode(await open(key, sealed, place))) as T
}

/** HKDF-SHA256 with an empty salt: `info` separates what the result is for. */
export async function hkdf(secret: Uint8Array, info: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', secret as BufferSource, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: encode(info) as BufferSource }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, KEY_BYTES * 8))
}

export function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function algorithm(iv: Uint8Array, place: Place, suite: number): AesGcmParams {
  return { name: 'AES-GCM', iv: iv as BufferSource, additionalData: encode(canonicalize({ ...place, suite })) as BufferSource }
}
