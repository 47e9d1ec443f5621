import { beforeAll, describe, expect, test } from 'vitest'
import { consentTo, isCurtained, listAttachments } from './attachments'
import { loadCodes } from './codes'
import { whatStops } from './consequences'
import { getKind } from './kinds'
import { openAlarms, openReferrals } from './open'
import { OUTCOMES, readReceipt, receiptCode } from './parcel'
import { makeState } from './scene'
import { familyPages, openingValues, partAttachments, partPages } from './shareable'
import { makeWords } from './words'

const SECRET = '皮带抽的印子'
const PARTS = ['basics', 'assessment', 'instruments', 'plan', 'visits', 'notes', 'medical', 'papers']
const [HEAD, WORKER, DEPUTY] = ['a1', 'b2', 'c3'].map((one) => one.repeat(16)) as [string, string, string]
const id = (place: number) => place.toString(16).padStart(32, '0')

beforeAll(loadCodes)

/** A value in every declared text field of every collection; those of danger hold the secret. */
function fullFile() {
  const scene: Record<string, unknown> = { notes: SECRET, risk_reason: SECRET, difficulties: '屋顶漏雨', household_size: 2 }
  for (const [name, collection] of Object.entries(getKind('household').collections)) {
    const element: Record<string, unknown> = { $id: name === 'members' ? HEAD : id(Object.keys(scene).length) }
    for (const [field, description] of Object.entries(collection.fields)) {
      const isHidden = name === 'crises' || name === 'risk_reviews' || name === 'settlements' || (description.sensitivity ?? 1) >= 3 || ['worker_note', 'review_note', 'reflection', 'observation'].includes(field)
      if (description.type === 'text') element[field] = isHidden ? SECRET : `${name}.${field}`
    }
    scene[name] = [element]
  }
  Object.assign((scene['members'] as Record<string, unknown>[])[0]!, { name: '覃石头', id_number: '990102195502030010' })
  Object.assign((scene['attachments'] as Record<string, unknown>[])[0]!, { $id: id(900), sha256: 'ab'.repeat(32), media_type: 'image/jpeg', kind: 'id_card', caption: '身份证' })
  ;(scene['attachments'] as unknown[]).push({ $id: id(901), sha256: 'cd'.repeat(32), media_type: 'image/jpeg', kind: 'id_card', caption: SECRET })
  Object.assign((scene['crises'] as Record<string, unknown>[])[0]!, { evidence: [id(901)] })
  return makeState(scene)
}
const words = (state: ReturnType<typeof makeState>) => makeWords('household', state, 'zh-CN', {})

describe('what leaves a file', () => {
  test('tells nobody of danger, of evidence, or what workers write for themselves, whatever parts are chosen', () => {
    const state = fullFile()
    const told = JSON.stringify([familyPages(state, words(state)), partPages(state, PARTS, [], words(state)), openingValues(state, PARTS), partAttachments(state, PARTS)])
    expect(told).toContain('覃石头')
    expect(told).toContain('visits.said')
    expect(told).not.toContain(SECRET)
    expect(told).not.toMatch(/危机|强制报告|风险/)
  })
  test('holds only the parts that were agreed on', () => {
    const state = fullFile()
    const told = JSON.stringify([partPages(state, ['medical'], [], words(state)), openingValues(state, ['medical'])])
    expect(told).toContain('members.health_note')
    expect(told).not.toContain('屋顶漏雨')
    expect(told).not.toContain('990102195502030010')
    expect(partAttachments(state, ['medical'])).toEqual([])
    expect(partAttachments(state, ['papers']).map((one) => one.caption)).toEqual(['身份证'])
  })
  test('of a visit at which danger was seen, only that it took place', () => {
    const state = makeState({ members: [{ $id: HEAD, name: '甲' }], visits: [{ visited_on: '2026-11-01', said: SECRET, danger_signs: ['hurt'] }, { visited_on: '2026-11-02', said: '都好' }] })
    const told = JSON.stringify(familyPages(state, words(state)))
    expect(told).toContain('2026-11-01')
    expect(told).toContain('都好')
    expect(told).not.toContain(SECRET)
  })
})

describe('consent to pictures', () => {
  const photo = { $id: id(5), sha256: 'ab'.repeat(32), media_type: 'image/jpeg', kind: 'visit_photo' }
  const consent = (state: string, on: string, more: object = {}) => ({ kind: 'photo', state, signed_on: on, ...more })
  test('is the newest word of the family; of one day the more protective one', () => {
    expect(consentTo(makeState({}), 'photo').state).toBe('unknown')
    expect(consentTo(makeState({ consents: [consent('refused', '2026-01-01'), consent('given', '2026-02-01')] }), 'photo').state).toBe('given')
    expect(consentTo(makeState({ consents: [consent('given', '2026-02-01'), consent('withdrawn', '2026-01-01', { withdrawn_on: '2026-02-01' })] }), 'photo').state).toBe('withdrawn')
    expect(consentTo(makeState({ consents: [{ kind: 'informed_consent', state: 'given', items: ['health'], signed_on: '2026-01-01' }] }), 'photo').state).toBe('unknown')
    expect(consentTo(makeState({ consents: [consent('given', '2026-01-01', { items: ['photo'] })] }), 'voice').state).toBe('unknown')
  })
  test('taken back draws a curtain over pictures, never over papers, signatures and evidence', () => {
    const others = [{ $id: id(6), sha256: 'cd'.repeat(32), media_type: 'image/jpeg', kind: 'signature' }, { $id: id(7), sha256: 'ef'.repeat(32), media_type: 'image/jpeg', kind: 'visit_photo' }]
    const state = makeState({ consents: [consent('withdrawn', '2026-01-01', { withdrawn_on: '2026-02-01' })], attachments: [photo, ...others], crises: [{ evidence: [id(7)] }] })
    expect(listAttachments(state).filter((one) => isCurtained(state, one)).map((one) => one.id)).toEqual([id(5)])
  })
  test('says before it is saved what it stops, and stops just that', () => {
    const state = makeState({ attachments: [photo], referrals: [{ state: 'sent' }, { state: 'ended' }] })
    const stops = whatStops(state, { kind: 'informed_consent', state: 'withdrawn' }, '2026-11-22')
    expect(stops).toContainEqual({ what: 'photos', count: 1 })
    expect(stops).toContainEqual({ what: 'sharing', count: 1 })
    expect(stops).toContainEqual({ what: 'basis', count: 0 })
    expect(whatStops(makeState({ legal_basis: 'duty' }), { kind: 'informed_consent', state: 'withdrawn' }, '2026-11-22').map((one) => one.what)).not.toContain('basis')
  })
})

describe('an alarm', () => {
  const crisis = { $id: id(1), found_at: 1000, raised_by: WORKER }
  test('rings until somebody in charge has seen it, and waits until it is written up', () => {
    expect(openAlarms(makeState({ crises: [crisis] }))).toMatchObject([{ seen: false, written: false, raisedBy: WORKER }])
    expect(openAlarms(makeState({ crises: [{ ...crisis, seen_by: [DEPUTY] }] }))).toMatchObject([{ seen: true, written: false }])
    expect(openAlarms(makeState({ crises: [{ ...crisis, $status: 'submitted' }] }))).toMatchObject([{ seen: false, written: true }])
    expect(openAlarms(makeState({ crises: [{ ...crisis, seen_by: [DEPUTY], $status: 'submitted' }] }))).toEqual([])
    expect(openAlarms(makeState({ crises: [{ ...crisis, $status: 'approved' }] }))).toEqual([])
    expect(openAlarms(makeState({ crises: [{ ...crisis, $voided: true }] }))).toEqual([])
  })
})

describe('a referral', () => {
  test('is open until the family was met', () => {
    const stages = (more: object) => openReferrals(makeState({ referrals: [{ kind: 'inside', ...more }] })).map((one) => one.stage)
    expect([stages({}), stages({ $status: 'approved' }), stages({ state: 'sent' }), stages({ state: 'accepted' })]).toEqual([['applied'], ['approved'], ['sent'], ['accepted']])
    for (const state of ['contacted', 'refused', 'ended']) expect(stages({ state })).toEqual([])
    expect(stages({ state: 'accepted', first_contact_on: '2026-11-20' })).toEqual([])
  })
  test('has receipts that only this parcel gives, one for each outcome', async () => {
    const [one, other] = ['12'.repeat(32), '13'.repeat(32)]
    const codes = await Promise.all(OUTCOMES.map((outcome) => receiptCode(one, outcome)))
    expect(new Set(codes).size).toBe(3)
    expect(await readReceipt(one, `${codes[1]!.slice(0, 4)} ${codes[1]!.slice(4)}`)).toBe('refused')
    expect(await readReceipt(other, codes[1]!)).toBeNull()
    expect(await readReceipt(one, '')).toBeNull()
  })
})
