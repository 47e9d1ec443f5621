import { describe, expect, it } from 'vitest'
import type { FoldedSection } from './folded'
import type { Rules } from './rules'
import { isHalfApproved, mayTakeStep, nextStep } from './steps'

const SECTION = 'closures/1'
const rules = {
  kind: 'household', version: 1, fields: {}, sections: {}, duties: ['head', 'deputy', 'worker'],
  collections: { closures: { fields: {}, section: { name: 'closure', pins: ['result'], steps: ['deputy', 'head'] } } },
} as Rules // prettier-ignore
const submitted = (...steps: [number, string][]) => ({ status: 'submitted', content: 'now', approved: steps.map(([step, content]) => ({ step, content, effective: true })) }) as unknown as FoldedSection

describe('a chain of two steps', () => {
  it('wants the deputy first, then the head, over the same content', () => {
    expect(nextStep(rules, submitted(), SECTION)).toBe(1)
    expect(nextStep(rules, submitted([1, 'now']), SECTION)).toBe(2)
    expect(nextStep(rules, submitted([1, 'before']), SECTION)).toBe(1)
  })
  it('lets a higher duty take a lower step and never the other way', () => {
    const may = (step: number, ...duties: string[]) => mayTakeStep(rules, SECTION, step, duties)
    expect([may(1, 'deputy'), may(1, 'head'), may(2, 'head'), may(1, 'worker'), may(2, 'deputy'), may(2, 'worker', 'deputy'), may(1)]).toEqual([true, true, true, false, false, false, false])
  })
  it('is half approved in lists once its first step is taken', () => {
    expect([submitted(), submitted([1, 'before']), submitted([1, 'now'])].map(isHalfApproved)).toEqual([false, false, true])
  })
})
