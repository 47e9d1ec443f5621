/** Twin of tests/sync/test_packing.py. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { SAVE_DICTIONARY } from '../sync/save-dictionary'
import { packSave, unpackSave } from './packing'

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/packing.json', import.meta.url), 'utf8')) as { dictionary: string; cases: { text: string; packed: string }[] }

test('both languages pack against the same words', () => {
  expect(createHash('sha256').update(SAVE_DICTIONARY).digest('hex')).toBe(vectors.dictionary)
  expect(vectors.cases.length).toBeGreaterThan(2)
  for (const { text, packed } of vectors.cases) {
    expect(unpackSave(Uint8Array.from(Buffer.from(packed, 'hex')))).toBe(text)
    expect(unpackSave(packSave(text))).toBe(text)
  }
})

test('a save costs a quarter less than by gzip', () => {
  const texts = vectors.cases.map(({ text }) => text).filter((text) => text.length > 1000)
  const zipped = texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)
  const packed = texts.reduce((sum, text) => sum + packSave(text).length, 0)
  expect(packed).toBeLessThan(zipped * 0.75)
})

test('another format is not taken for ours', () => {
  expect(unpackSave(gzipSync('{}'))).toBeNull()
  expect(unpackSave(new Uint8Array([2, 9, 1]))).toBeNull()
})
