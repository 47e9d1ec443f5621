import { describe, expect, test } from 'vitest'
import { loadCodes } from './codes'
import { confirmRisk, consequences } from './consequences'
import { POLICIES } from './policies'
import { makeState } from './scene'

const MEMBER = 'a1'.repeat(16)
const TODAY = '2026-11-22'

describe('a consent', () => {
  test('stands on the household with its day', () => {
    const given = { kind: 'informed_consent', state: 'given', signed_on: '2026-11-20' }
    expect(consequences('consent', makeState({}), given, TODAY)).toEqual([{ op: 'set', path: 'consent', value: 'given' }, { op: 'set', path: 'consent_on', value: '2026-11-20' }])
  })
  test('that is withdrawn takes the household’s back', () => {
    const withdrawn = { kind: 'informed_consent', state: 'withdrawn', signed_on: '2026-01-01', withdrawn_on: '2026-11-21' }
    expect(consequences('consent', makeState({ consent: 'given' }), withdrawn, TODAY)).toContainEqual({ op: 'set', path: 'consent', value: 'withdrawn' })
  })
  test('to photos says nothing of the file', () => {
    expect(consequences('consent', makeState({}), { kind: 'photo', state: 'given' }, TODAY)).toEqual([])
  })
})

describe('a category', () => {
  test('joins the short list of its person, once', () => {
    const assigned = { category: 'tekun_home', member: MEMBER, starts_on: '2026' }
    expect(consequences('category_assignment', makeState({ members: [{ $id: MEMBER, name: '甲' }] }), assigned, TODAY)).toEqual([{ op: 'add', path: `members/${MEMBER}/categories`, value: 'tekun_home' }])
    expect(consequences('category_assignment', makeState({ members: [{ $id: MEMBER, categories: ['tekun_home'] }] }), assigned, TODAY)).toEqual([])
  })
  test('leaves it when it has ended, and not before', () => {
    const state = makeState({ categories: ['dibao'] })
    expect(consequences('category_assignment', state, { category: 'dibao', ends_on: '2026-10' }, TODAY)).toEqual([{ op: 'remove', path: 'categories', value: 'dibao' }])
    expect(consequences('category_assignment', state, { category: 'dibao', ends_on: '2026-11' }, TODAY)).toEqual([])
  })
})

describe('a risk level', () => {
  test('that rises stands at once; one that falls does not', () => {
    const state = makeState({ risk_level: 'blue' })
    expect(consequences('risk_review', state, { level: 'red', level_before: 'blue' }, TODAY)).toEqual([{ op: 'set', path: 'risk_level', value: 'red' }])
    expect(consequences('risk_review', state, { level: 'green', level_before: 'blue' }, TODAY)).toEqual([])
  })
  test('falls with the second person’s confirmation', () => {
    const review = 'b2'.repeat(16)
    const state = makeState({ risk_level: 'red', risk_reviews: [{ $id: review, level: 'yellow', level_before: 'red' }] })
    expect(confirmRisk(state, review, MEMBER)).toEqual([{ op: 'add', path: `risk_reviews/${review}/confirmed_by`, value: MEMBER }, { op: 'set', path: 'risk_level', value: 'yellow' }])
  })
})

describe('a policy that was granted', () => {
  const MEMBER = 'b2'.repeat(16)
  const state = makeState({ members: [{ $id: MEMBER, name: '单桂英', policies_enjoyed: ['dibao'] }] })
  const granted = (policy: string, member = '') => consequences('policy_match', state, { policy, state: 'granted', ...(member ? { member } : {}) }, '2026-11-22')

  test('stands among what the family enjoys, and nothing is written twice', async () => {
    await loadCodes()
    expect(granted('housing_aid')).toEqual([{ op: 'add', path: 'policies_enjoyed', value: 'housing_aid' }])
    expect(granted('temporary_urgent', MEMBER)).toEqual([{ op: 'add', path: `members/${MEMBER}/policies_enjoyed`, value: 'temporary_assistance' }])
    expect(granted('dibao_single', MEMBER)).toEqual([])
    expect(consequences('policy_match', state, { policy: 'housing_aid', state: 'refused' }, '2026-11-22')).toEqual([])
  })

  test('is had under the title that its rule names, whichever it is', async () => {
    await loadCodes()
    for (const policy of POLICIES.policies.filter((one) => one.enjoyed)) expect(granted(policy.id)).toEqual([{ op: 'add', path: 'policies_enjoyed', value: policy.enjoyed }])
  })
})
