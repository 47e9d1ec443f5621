import { describe, expect, it } from 'vitest'
import type { FileView } from '../../device'
import { makeState } from '../../records/scene'
import { drawTies } from './ties'

const [GRAN, BOY] = ['a1'.repeat(16), 'b2'.repeat(16)]
const viewOf = (relations: Record<string, unknown>[]): FileView =>
  ({ state: makeState({ members: [{ $id: GRAN, name: '单桂英', gender: '2', relation: '02' }, { $id: BOY, name: '小宝', gender: '1', relation: '41', died_on: '2026-01-01' }], relations }) }) as unknown as FileView

describe('the drawing of ties', () => {
  it('members stand within, what is outside around them, and each tie joins two', () => {
    const { dots, lines } = drawTies(viewOf([
      { person: GRAN, other: BOY, tie: 'grandparent', quality: 'strong', support: ['care'] },
      { person: GRAN, other_name: '村医老周', other_kind: 'clinic', tie: 'contact' },
    ])) // prettier-ignore
    expect(dots.map((dot) => [dot.name, dot.shape, dot.isDead])).toEqual([['单桂英', 'woman', false], ['小宝', 'man', true], ['村医老周', 'outside', false]])
    const from = (name: string) => { const dot = dots.find((one) => one.name === name)!; return Math.hypot(dot.x - 160, dot.y - 160) } // prettier-ignore
    expect(from('村医老周')).toBeGreaterThan(from('单桂英'))
    expect(lines.map((line) => [line.words.from, line.words.to, line.quality])).toEqual([['单桂英', '小宝', 'strong'], ['单桂英', '村医老周', 'normal']])
  })

  it('a tie to somebody who was struck out is not drawn', () => {
    expect(drawTies(viewOf([{ person: GRAN, other: 'c3'.repeat(16), tie: 'spouse' }])).lines).toEqual([])
  })
})
