/** HPKE itself (RFC 9180: DHKEM P-256, HKDF-SHA256, AES-256-GCM), in a chunk of its own: nothing needs it to unlock. */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { encode, join } from './suite'
import { VaultError } from './errors'

const ENCAPSULATED_BYTES = 65
const CURVE = { name: 'ECDH', namedCurve: 'P-256' }

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
}

/** `publicKey`: raw uncompressed P-256 point. */
export async function sealTo(publicKey: Uint8Array, plain: Uint8Array, info: string | Uint8Array): Promise<Uint8Array> {
  const recipientPublicKey = await crypto.subtle.importKey('raw', publicKey as BufferSource, CURVE, true, [])
  const { enc, ct } = await suite().seal({ recipientPublicKey, info: bytesOf(info) }, plain as BufferSource)
  return join(new Uint8Array(enc), new Uint8Array(ct))
}

/** `privateKey`: PKCS#8. Throws `damaged` for what was not sealed to it. */
export async function openSealed(privateKey: Uint8Array, sealed: Uint8Array, info: string | Uint8Array): Promise<Uint8Array> {
  try {
    const recipientKey = await crypto.subtle.importKey('pkcs8', privateKey as BufferSource, CURVE, true, ['deriveBits'])
    const enc = sealed.slice(0, ENCAPSULATED_BYTES)
    const parameters = { recipientKey, enc: enc as BufferSource, info: bytesOf(info) }
    return new Uint8Array(await suite().open(parameters, sealed.slice(ENCAPSULATED_BYTES) as BufferSource))
  } catch {
    throw new VaultError('damaged', 'sealed')
  }
}

function bytesOf(info: string | Uint8Array): BufferSource {
  return (typeof info === 'string' ? encode(info) : info) as BufferSource
}
