/** The vectors of messages, which Python reads too. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SyncError } from './errors'
import { ANSWERS, checkAnswer, REQUESTS } from './message-shapes'
import { checkShape, type Shape } from './shapes'

interface Case { name: string; input: { message: string; value: unknown }; expect: { ok: boolean; field?: string } }
const CASES = JSON.parse(readFileSync(new URL('../../../tests/vectors/messages.json', import.meta.url), 'utf8')) as Case[]
const SHAPES: { [name: string]: Shape } = { ...ANSWERS, ...REQUESTS }

function fieldToBlame(attempt: () => unknown): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    if (error instanceof SyncError) return error.path
    throw error
  }
}

describe('messages', () => {
  it.each(CASES)('$name', ({ input, expect: expected }) => {
    expect(fieldToBlame(() => checkShape(input.value, SHAPES[input.message] as Shape))).toBe(expected.ok ? null : expected.field)
  })

  it('gives a sound answer back as it came', () => {
    const answer = { server_at: 1, epoch: 1 }
    expect(checkAnswer('SyncAnswer', answer)).toBe(answer)
  })
})
