/**
 * Keys from what a person knows: Argon2id with parameters that are stored beside the wrapped key, authenticated with it, and
 * refused when weaker than the floors here. Sources: RFC 9106; OWASP password storage (46 MiB/1 as minimum for passwords).
 */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { trustedScriptUrl } from '../trusted'
import { VaultError } from './errors'
import { randomBytes } from './suite'
import kdfWorkerUrl from './kdf.worker?worker&url'

export interface KdfParameters {
  salt: string // base64url, 16 bytes
  m_kib: number
  t: number
  p: number
}

export type Derive = (secret: string, parameters: KdfParameters) => Promise<Uint8Array>

/** A password's key also needs the server's share, so a slow phone may take less work; it grows on a fast one. */
export const PASSWORD_FLOOR = { m_kib: 46 * 1024, t: 1, p: 1 }
/** Twelve random digits and six chosen ones stand alone: always the most a phone can bear. */
export const CODE_WORK = { m_kib: 64 * 1024, t: 3, p: 1 }

const FAST_MS = 250

export function newParameters(work: { m_kib: number; t: number; p: number }): KdfParameters {
  return { salt: toBase64url(randomBytes(16)), m_kib: work.m_kib, t: work.t, p: work.p }
}

/** Throws `downgrade` for less work than the floor, or for so much that the app would die of it. */
export function checkParameters(parameters: KdfParameters, floor: { m_kib: number; t: number; p: number }): void {
  const { salt, m_kib, t, p } = parameters
  const weak = m_kib < floor.m_kib || t < floor.t || p !== floor.p || fromBase64url(salt).length < 16
  if (weak || m_kib > 256 * 1024 || t > 16) throw new VaultError('downgrade', 'kdf')
}

/** The most work for a password that this phone does in about a second. */
export async function calibrate(derive: Derive, now: () => number = () => performance.now()): Promise<KdfParameters> {
  const floor = newParameters(PASSWORD_FLOOR)
  const start = now()
  await derive('calibration', floor)
  return now() - start < FAST_MS ? newParameters(CODE_WORK) : floor
}

/** One worker a derivation: its 64 MiB go back to the phone when it ends. */
export const deriveInWorker: Derive = (secret, parameters) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(trustedScriptUrl(kdfWorkerUrl))
    const done = (finish: () => void) => {
      worker.terminate()
      finish()
    }
    worker.onmessage = (event: MessageEvent<{ key?: Uint8Array; error?: string }>) => {
      const { key } = event.data
      done(() => (key ? resolve(key) : reject(new VaultError('unsupported', 'argon2id'))))
    }
    worker.onerror = () => done(() => reject(new VaultError('unsupported', 'argon2id')))
    worker.postMessage({ ...parameters, secret: secret.normalize('NFC'), salt: fromBase64url(parameters.salt) })
  })
