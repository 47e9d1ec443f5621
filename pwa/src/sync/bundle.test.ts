/** Carried bundles by the vectors that Python wrote and reads too. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSealed, sealTo } from '../vault/hpke'
import { makePair } from '../vault/sealing'
import { VaultError } from '../vault/errors'
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

async function open(packed: Uint8Array, key: Uint8Array, replica: string): Promise<Loose> {
  const found = unpack(packed)
  try {
    if (found.kind === 'saves') return { saves: await readSaves(await openSealed(key, found.payload, savesInfo(found))) }
    const mine = (await readReceipts(found.payload)).find((one) => one.to === replica)!
    return { verdicts: await readReceipt(await openSealed(key, fromBase64url(mine.sealed), receiptInfo(found, replica))) }
  } catch (error) {
    if (error instanceof VaultError) throw new BundleError('bundle_sealed')
    throw error
  }
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
    const { publicKey, privateKey } = await makePair('ECDH')
    const header = { kind: 'saves' as const, deployment: 'd'.repeat(32), station: '5'.repeat(32) }
    const packed = pack('saves', header.deployment, header.station, await sealTo(publicKey, await savesPlain(saves), savesInfo(header)))
    expect(fromFile(new TextEncoder().encode(toText(packed, '请交给有网的同事')))).toEqual(packed)
    expect(await open(packed, privateKey, '')).toEqual({ saves })
    const receipts = [{ to: 'a'.repeat(32), sealed: toBase64url(await receiptPlain([{ body: '{}', sig: 'c2ln' }])) }]
    expect(await readReceipts(await receiptsPayload(receipts))).toEqual(receipts)
  })
})
