/**
 * Sealing to a public key: a save to the server, or a record made while the vault is closed to the vault's own inbox.
 * Result: encapsulated key (65 bytes) ‖ ciphertext. Also the device's own key pairs.
 */
export const OUTBOX_INFO = 'yihu/outbox/1'
export const INBOX_INFO = 'yihu/inbox/1'
export const LEFT_INFO = 'yihu/left/1'

/** `publicKey`: raw uncompressed P-256 point. */
export async function sealTo(publicKey: Uint8Array, plain: Uint8Array, info: string | Uint8Array): Promise<Uint8Array> {
  return (await import('./hpke')).sealTo(publicKey, plain, info)
}

/** `privateKey`: PKCS#8. Throws `damaged` for what was not sealed to it. */
export async function openSealed(privateKey: Uint8Array, sealed: Uint8Array, info: string | Uint8Array): Promise<Uint8Array> {
  return (await import('./hpke')).openSealed(privateKey, sealed, info)
}

export interface RawPair {
  publicKey: Uint8Array // raw point
  privateKey: Uint8Array // PKCS#8
}

export async function makePair(use: 'ECDH' | 'ECDSA'): Promise<RawPair> {
  const usages: KeyUsage[] = use === 'ECDH' ? ['deriveBits'] : ['sign', 'verify']
  const pair = (await crypto.subtle.generateKey({ name: use, namedCurve: 'P-256' }, true, usages)) as CryptoKeyPair
  const [publicKey, privateKey] = await Promise.all([crypto.subtle.exportKey('raw', pair.publicKey), crypto.subtle.exportKey('pkcs8', pair.privateKey)])
  return { publicKey: new Uint8Array(publicKey), privateKey: new Uint8Array(privateKey) }
}

export async function importSigner(privateKey: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', privateKey as BufferSource, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}
