/** The table that the server is held to as well (tests/server/test_minors.py). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { minorUntil } from './minors'
import type { FoldedLike } from './shapes'

const CASES = JSON.parse(readFileSync(new URL('../../../tests/server/minors.json', import.meta.url), 'utf8')) as { name: string; values: Record<string, unknown>; today: string; minor: boolean }[]
const ID = 'e'.repeat(32)
const folded = (values: Record<string, unknown>, voided = false) =>
  ({ file: 'f', elements: { [`members/${ID}`]: { collection: 'members', id: ID, voided } }, paths: Object.fromEntries(Object.entries(values).map(([name, value]) => [`members/${ID}/${name}`, { status: 'settled', value }])) }) as unknown as FoldedLike

describe('somebody under 18', () => {
  it.each(CASES)('$name', ({ values, today, minor }) => {
    const until = minorUntil(folded(values))
    expect(until !== null && until > today).toBe(minor)
  })
  it('counts no more once struck out', () => expect(minorUntil(folded({ born_on: '2020-01-01' }, true))).toBeNull())
})
