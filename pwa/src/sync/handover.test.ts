/** TypeScript reads the hand-over vectors; tests/sync/test_handover_vectors.py reads the same file. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Envelope } from './change'
import { followHandovers, stationKeys } from './handover'
import { believes } from './signatures'

interface Case {
  name: string
  input: { pinned: string; deployment: string; station: string; handovers: Envelope[]; policy?: { verdict_key: string; handovers: Envelope[] }; document: Envelope }
  expect: { key?: string; code?: string; believed?: boolean }
}
const cases = JSON.parse(readFileSync(new URL('../../../tests/vectors/handover.json', import.meta.url), 'utf8')) as Case[]

describe('hand-overs', () => {
  it.each(cases)('$name', async ({ input, expect: expected }) => {
    if (input.policy) {
      expect(await believes(await stationKeys(input.policy), input.document)).toBe(expected.believed)
      return
    }
    const led = followHandovers(input.pinned, input.deployment, input.station, input.handovers)
    if (expected.code) await expect(led).rejects.toMatchObject({ code: expected.code })
    else expect(await led).toBe(expected.key)
  })
})
