/** The vectors that Python wrote and reads too: each case names the rules it shows. */
import canonicalizeOracle from 'canonicalize'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { canonicalize, parseCanonical } from './canonical'
import { bodyText, changeId, checkBody, sha256Hex } from './change'
import { SyncError } from './errors'
import { acceptedOf, fold, stateDigest } from './fold'
import { fromBase64url, importPublicKey, replicaId, verify } from './signatures'
import { readVerdict } from './verdict'
import { baseOf, covers, dotWithin, join } from './versions'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- vectors are data of many shapes
type Loose = any
interface Case { name: string; input: Loose; expect: Loose; rules: string[] }

function read(file: string): Case[] {
  return JSON.parse(readFileSync(new URL('../../../tests/vectors/' + file + '.json', import.meta.url), 'utf8')) as Case[]
}

function codeOf(attempt: () => unknown): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    if (error instanceof SyncError) return error.code
    throw error
  }
}

function placeOf(attempt: () => unknown): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    if (error instanceof SyncError) return error.path
    throw error
  }
}

describe('canonical form', () => {
  it.each(read('canonical'))('$name ($rules)', ({ input, expect: expected }) => {
    expect(codeOf(() => parseCanonical(input))).toBe(expected.ok ? null : expected.code)
    if (expected.ok) expect(canonicalizeOracle(JSON.parse(input))).toBe(input)
  })
})

describe('shape of a change', () => {
  it.each(read('shapes'))('$name ($rules)', ({ input, expect: expected }) => {
    expect(codeOf(() => checkBody(input)) === null).toBe(expected.ok)
    expect(placeOf(() => checkBody(input))).toBe(expected.ok ? null : expected.path)
  })
})

describe('ids and envelopes', () => {
  it.each(read('ids'))('$name ($rules)', async ({ input, expect: expected }) => {
    expect(canonicalize(input.document)).toBe(expected.envelope.body)
    expect(changeId(expected.envelope.body)).toBe(expected.id)
    expect(await replicaId(fromBase64url(input.public_key))).toBe(expected.replica)
    expect(await verify(expected.envelope, await importPublicKey(input.public_key))).toBe(true)
  })
})

describe('signatures', () => {
  it.each(read('signatures'))('$name ($rules)', async ({ input, expect: expected }) => {
    const key = await importPublicKey(input.public_key).catch(() => null)
    const valid = key !== null && (await verify({ body: input.body, sig: input.sig }, key))
    expect(valid).toBe(expected.valid)
  })
})

describe('versions', () => {
  it.each(read('versions'))('$name ($rules)', ({ input, expect: expected }) => {
    if ('within' in input) expect(dotWithin(input.dot, input.of, input.within)).toEqual(expected.dot)
    else if ('dot' in input) expect(covers(input.base, input.dot)).toBe(expected.covers)
    else if ('join' in input) expect(join(input.join[0], input.join[1])).toEqual(expected.base)
    else expect(baseOf(input.dots)).toEqual(expected.base)
  })
})

describe.each(['policies', 'voids', 'provisional', 'approvals', 'moving', 'merging'])('fold: %s', file => {
  it.each(read(file))('$name ($rules)', ({ input, expect: expected }) => {
    const inputs = input.changes.map((item: Loose) => ({ id: changeId(bodyText(item.body)), change: item.body, verdict: item.verdict }))
    // Keys that a vector leaves out are free; lists are exact.
    const folded = fold(input.rules, inputs, input.file)
    expect(folded).toMatchObject(expected.folded)
    expect(sha256Hex(canonicalize(folded as never))).toBe(expected.whole)
    expect(stateDigest(fold(input.rules, acceptedOf(inputs), input.file))).toBe(expected.digest)
  })
})

describe('verdicts', () => {
  // A phone does not judge, it reads: all that the server says about these changes, down to the operation that is to blame.
  it.each(read('verdicts'))('$name ($rules)', ({ input, expect: expected }) => {
    expect(changeId(bodyText(input.change))).toBe(expected.verdict.change)
    expect(readVerdict(canonicalize(expected.verdict))).toEqual(expected.verdict)
  })
})
