/** Carried bundles by the vectors that Python wrote and reads too. */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BundleError, bundleId, fileName, fromFile, pack, readReceipt, readReceipts, readSaves, receiptInfo, receiptPlain, receiptsPayload, requireBundle, savesInfo, savesPlain, splitSaves, toText, unpack } from './bundle'
import { FrameCollector, toFrames } from './frames'
import { fromBase64url, toBase64url } from './signatures'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- vectors are data of many shapes
type Loose = any
interface Case { name: string; input: Loose; expect: Loose; rules: string[] }
const cases = JSON.parse(readFileSync(new URL('../../../tests/vectors/bundles.json', import.meta.url), 'utf8')) as Case[]

async function run(input: Loose): Promise<Loose> {
  if (input.to_frames) return { frames: toFrames(fromBase64url(input.to_frames)) }
  if (input.frames) {
    const collector = new FrameCollector()
    const whole = input.frames.map((frame: string) => collector.take(frame)).filter(Boolean)
    return { packed: whole[0] ? toBase64url(whole[0]) : null }
  }
  if (input.file !== undefined) return { packed: toBase64url(fromFile(new TextEncoder().encode(input.file))) }
  if (input.inside) return { [input.inside]: await read(input.inside, fromBase64url(input.plain)) }
  if (input.split) {
    const items = input.split.map((size: number, at: number) => ({ id: at.toString(16).padStart(64, '0'), sealed: 'A'.repeat(size) }))
    return { parts: splitSaves(items, Array<string>(input.asked).fill('f'.repeat(64))).map((part) => [part.items.length, part.ask.length]) }
  }
  if (input.open) return open(fromBase64url(input.open), fromBase64url(input.private_key), input.replica)
  const packed = fromBase64url(input.packed)
  const found = unpack(packed)
  if (input.require) requireBundle(found, input.require.kind, input.require.deployment, input.require.station)
  return { ...found, payload: toBase64url(found.payload), id: bundleId(packed), file_name: fileName(packed) }
}

function read(what: string, plain: Uint8Array): Promise<unknown> {
  return what === 'saves' ? readSaves(plain) : what === 'receipts' ? readReceipts(plain) : readReceipt(plain)
}

const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const hpke = () => new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

async function sealTo(recipientPublicKey: CryptoKey, plain: Uint8Array, info: Uint8Array): Promise<Uint8Array> {
  const { enc, ct } = await hpke().seal({ recipientPublicKey, info: info as BufferSource }, plain as BufferSource)
  return Uint8Array.from([...new Uint8Array(enc), ...new Uint8Array(ct)])
}

async function openSealed(key: Uint8Array, sealed: Uint8Array, info: Uint8Array): Promise<Uint8Array> {
  const recipientKey = await crypto.subtle.importKey('pkcs8', key as BufferSource, CURVE, true, ['deriveBits'])
  const parameters = { recipientKey, enc: sealed.slice(0, 65) as BufferSource, info: info as BufferSource }
  return new Uint8Array(await hpke().open(parameters, sealed.slice(65) as BufferSource).catch((): never => { throw new BundleError('bundle_sealed') })) // prettier-ignore
}

async function open(packed: Uint8Array, key: Uint8Array, replica: string): Promise<Loose> {
  const found = unpack(packed)
  if (found.kind === 'saves') return { saves: await readSaves(await openSealed(key, found.payload, savesInfo(found))) }
  const mine = (await readReceipts(found.payload)).find((one) => one.to === replica)!
  return { verdicts: await readReceipt(await openSealed(key, fromBase64url(mine.sealed), receiptInfo(found, replica))) }
}

describe('carried bundles', () => {
  it.each(cases)('$name ($rules)', async ({ input, expect: expected }) => {
    const found = await run(input).catch((error: unknown) => {
      if (error instanceof BundleError) return { code: error.code }
      throw error
    })
    expect(found).toEqual(expected)
  })

  it('what this phone packs it reads again, in both forms', async () => {
    const saves = { items: [{ id: '1'.repeat(64), sealed: 'c2VhbGVk' }], ask: ['2'.repeat(64)] }
    const pair = (await crypto.subtle.generateKey(CURVE, true, ['deriveBits'])) as CryptoKeyPair
    const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
    const header = { kind: 'saves' as const, deployment: 'd'.repeat(32), station: '5'.repeat(32) }
    const packed = pack('saves', header.deployment, header.station, await sealTo(pair.publicKey, await savesPlain(saves), savesInfo(header)))
    expect(fromFile(new TextEncoder().encode(toText(packed, '请交给有网的同事')))).toEqual(packed)
    expect(await open(packed, privateKey, '')).toEqual({ saves })
    const receipts = [{ to: 'a'.repeat(32), sealed: toBase64url(await receiptPlain([{ body: '{}', sig: 'c2ln' }])) }]
    expect(await readReceipts(await receiptsPayload(receipts))).toEqual(receipts)
  })
})
