/**
 * How things are sealed, by numbered suites behind one interface. Every sealed thing names its suite and is bound to the store
 * and record it belongs to, so it can be neither weakened nor moved. Suite 1: AES-256-GCM and HKDF-SHA256 by WebCrypto; a later one
 * (SM4-GCM, SM3, a certified module) joins by `addSuite`. What a vault has used once is its floor: nothing lower is taken from then on.
 */
import { canonicalize } from '../sync/canonical'
import { VaultError } from './errors'

const KEY_BYTES = 32

export interface Aead {
  ivBytes: number
  importKey(raw: Uint8Array): Promise<CryptoKey>
  seal(key: CryptoKey, iv: Uint8Array, plain: Uint8Array, bound: Uint8Array): Promise<Uint8Array>
  /** Throws for anything that does not verify. */
  open(key: CryptoKey, iv: Uint8Array, data: Uint8Array, bound: Uint8Array): Promise<Uint8Array>
}

export interface Suite {
  id: number
  aead: Aead
  expand(secret: Uint8Array, info: string): Promise<Uint8Array>
}

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

const gcm = (iv: Uint8Array, bound: Uint8Array): AesGcmParams => ({ name: 'AES-GCM', iv: iv as BufferSource, additionalData: bound as BufferSource })
const AES_256_GCM: Aead = {
  ivBytes: 12,
  importKey: (raw) => crypto.subtle.importKey('raw', raw as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt']),
  seal: async (key, iv, plain, bound) => new Uint8Array(await crypto.subtle.encrypt(gcm(iv, bound), key, plain as BufferSource)),
  open: async (key, iv, data, bound) => new Uint8Array(await crypto.subtle.decrypt(gcm(iv, bound), key, data as BufferSource)),
}
const SUITE_1: Suite = {
  id: 1,
  aead: AES_256_GCM,
  /** HKDF-SHA256 with an empty salt: `info` separates what the result is for. */
  async expand(secret, info) {
    const key = await crypto.subtle.importKey('raw', secret as BufferSource, 'HKDF', false, ['deriveBits'])
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: encode(info) as BufferSource }
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, KEY_BYTES * 8))
  },
}

const suites = new Map([[SUITE_1.id, SUITE_1]])
let current = SUITE_1

/** From now on everything is sealed with it; what an earlier suite sealed still opens, down to the vault's floor. */
export function addSuite(suite: Suite): () => void {
  const before = current
  suites.set(suite.id, suite)
  current = suite
  return () => {
    suites.delete(suite.id)
    current = before
  }
}
export const currentSuite = (): number => current.id

/** A vault that was written with a newer suite is not opened by an app that only knows older ones. */
export function checkFloor(floor: number | undefined): void {
  if ((floor ?? 1) > current.id) throw new VaultError('downgrade', 'suite')
}

export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}

export function newRawKey(): Uint8Array {
  return randomBytes(KEY_BYTES)
}

export async function importKey(raw: Uint8Array): Promise<CryptoKey> {
  return current.aead.importKey(raw)
}

export async function seal(key: CryptoKey, plain: Uint8Array, place: Place): Promise<Sealed> {
  const iv = randomBytes(current.aead.ivBytes)
  return { suite: current.id, iv, data: await current.aead.seal(key, iv, plain, boundTo(place, current.id)) }
}

/** Throws `downgrade` for a suite this app does not take, `damaged` for anything that does not verify in its place. */
export async function open(key: CryptoKey, sealed: Sealed | undefined, place: Place): Promise<Uint8Array> {
  if (!sealed) throw new VaultError('damaged', place.id)
  const suite = suites.get(sealed.suite)
  if (!suite) throw new VaultError('downgrade', place.id)
  try {
    return await suite.aead.open(key, sealed.iv, sealed.data, boundTo(place, sealed.suite))
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

export async function hkdf(secret: Uint8Array, info: string): Promise<Uint8Array> {
  return current.expand(secret, info)
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

function boundTo(place: Place, suite: number): Uint8Array {
  return encode(canonicalize({ ...place, suite }))
}
