/** A verdict is believed only where the server's key signed it, for this installation and for this very change. */
import { beforeAll, describe, expect, it } from 'vitest'
import { changeId } from './change'
import { importPublicKey, openSigned, openVerdict, replicaId, sign, signText, toBase64url, verify } from './signatures'
import { supersedes, type Verdict } from './verdict'

const DEPLOYMENT = 'd'.repeat(32)
const CHANGE_TEXT = '{"a":1}'
let server: CryptoKeyPair
let stranger: CryptoKeyPair

const verdict = (parts: Partial<Verdict> = {}): Verdict => ({
  type: 'verdict', v: 1, suite: 1, deployment: DEPLOYMENT, station: '5'.repeat(32), change: changeId(CHANGE_TEXT),
  file: 'f'.repeat(32), dot: ['a'.repeat(32), 1], status: 'accepted', position: 3, received_at: 1795305600000,
  duty: 'worker', reasons: [], by: null, decided_at: null, ...parts,
})

beforeAll(async () => {
  const make = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
  server = await make()
  stranger = await make()
})

describe('verdicts', () => {
  it('is opened when the server signed it for this change', async () => {
    const envelope = await sign(verdict(), server.privateKey)
    expect((await openVerdict(envelope, server.publicKey, DEPLOYMENT, CHANGE_TEXT)).position).toBe(3)
  })

  it('is refused with another key, one altered character, another installation, another change', async () => {
    const sound = await sign(verdict(), server.privateKey)
    const forged = await sign(verdict(), stranger.privateKey)
    const altered = { ...sound, body: sound.body.replace('accepted', 'declined') }
    const elsewhere = await sign(verdict({ deployment: 'e'.repeat(32) }), server.privateKey)
    const open = (envelope: typeof sound, text = CHANGE_TEXT) => openVerdict(envelope, server.publicKey, DEPLOYMENT, text)
    await expect(open(forged)).rejects.toMatchObject({ code: 'bad_signature' })
    await expect(open(altered)).rejects.toMatchObject({ code: 'bad_signature' })
    await expect(open(elsewhere)).rejects.toMatchObject({ code: 'wrong_deployment' })
    await expect(open(sound, '{"a":2}')).rejects.toMatchObject({ code: 'malformed', path: 'change' })
  })

  it('is no verdict when the server signed something else, or signed what cannot be read', async () => {
    const policy = await sign({ ...verdict(), type: 'policy' }, server.privateKey)
    const statusless = await sign({ ...verdict(), status: 'perhaps' }, server.privateKey)
    const spaced = await signText(' ' + JSON.stringify(verdict()), server.privateKey)
    for (const [envelope, code] of [[policy, 'malformed'], [statusless, 'malformed'], [spaced, 'not_canonical']] as const) {
      await expect(openVerdict(envelope, server.publicKey, DEPLOYMENT)).rejects.toMatchObject({ code })
    }
  })

  it('replaces an earlier one only by a later position, and never one that is final', () => {
    const held = verdict({ status: 'held', position: 4 })
    expect(supersedes(held, null)).toBe(true)
    expect(supersedes(verdict({ position: 5 }), held)).toBe(true)
    expect(supersedes(verdict({ status: 'returned', position: 4 }), held)).toBe(false)
    expect(supersedes(verdict({ status: 'declined', position: 9 }), verdict())).toBe(false)
  })
})

describe('keys and signatures', () => {
  it('a signature that is none is false, not an exception', async () => {
    const { body, sig } = await sign({ type: 'x' }, server.privateKey)
    for (const wrong of ['', 'AA', sig + '=', sig.slice(0, -2), '!'.repeat(86)]) expect(await verify({ body, sig: wrong }, server.publicKey)).toBe(false)
    expect(await verify({ body, sig }, server.publicKey)).toBe(true)
  })

  it('a key read from its raw point verifies what its owner signed, and names the replica', async () => {
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', server.publicKey))
    const key = await importPublicKey(toBase64url(raw))
    const envelope = await sign({ type: 'policy', deployment: DEPLOYMENT }, server.privateKey)
    expect(await openSigned(envelope, key, 'policy', DEPLOYMENT)).toEqual({ type: 'policy', deployment: DEPLOYMENT })
    expect(await replicaId(raw)).toMatch(/^[0-9a-f]{32}$/)
  })
})
