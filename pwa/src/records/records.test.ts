/** Households as lists and forms see them: labels, members, ages, summary, operations. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ageOn, categorySensitivity, codesWhere, countMinors, dueOf, findField, getKind, getRules, label, listMembers, loadCodes, memberAge,
  shortLabel, summarize, type FoldedLike,
} from './index'
import { changeOperations, defaultValues, evaluateForm, getForm, operationsForNew, problemWords, readFromNumbers, relevantValues } from './forms'

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
const C = 'c'.repeat(32)

function household(values: { [path: string]: unknown }, voided: string[] = []): FoldedLike {
  const state: FoldedLike = { file: 'f'.repeat(32), kind: 'household', paths: {}, elements: {} }
  for (const path of Object.keys(values)) {
    state.paths[path] = { status: 'settled', value: values[path] }
    const [collection, id] = path.split('/') as [string, string?]
    if (id) state.elements[`${collection}/${id}`] = { collection, id, voided: voided.indexOf(`${collection}/${id}`) >= 0 }
  }
  return state
}

const FAMILY = {
  [`members/${A}/name`]: '欧阳小芽', [`members/${A}/relation`]: '42', [`members/${A}/born_on`]: '2015-12-01', [`members/${A}/categories`]: ['child_left_behind'],
  [`members/${B}/name`]: '欧阳根', [`members/${B}/relation`]: '02', [`members/${B}/id_number`]: '990105194912310023', [`members/${B}/phone`]: '13900000002', [`members/${B}/categories`]: ['dibao', 'elder_alone'],
  [`members/${C}/name`]: '李桂', [`members/${C}/relation`]: '12', [`members/${C}/died_on`]: '2020', [`members/${C}/categories`]: ['disabled'],
  address: { village_id: A, village_name: '上坪村', group_no: '3', door: '12号' },
  phone: '13900000002',
  risk_level: 'yellow',
  opened_on: '2026-01-01',
}

beforeAll(loadCodes)

describe('descriptions', () => {
  test('a field is found by its path, an element by its collection', () => {
    expect(findField('household', `members/${A}/disability`)?.parts?.['grade']?.codes).toBe('disability_grade')
    expect(findField('household', `members/${A}/disability.grade`)?.codes).toBe('disability_grade')
    expect(findField('household', 'address.constructor')).toBeNull()
    expect(findField('household', 'constructor')).toBeNull()
    expect(findField('household', 'members/name')).toBeNull()
    expect(() => getKind('castle')).toThrow('castle')
    expect(getRules('household').collections['assessments']?.section?.name).toBe('assessment')
  })

  test('labels fall back to the code that a newer app wrote', () => {
    expect(label('client_category', 'dibao')).toBe('最低生活保障对象')
    expect(shortLabel('client_category', 'dibao')).toBe('低保')
    expect(label('relation', '42', 'en')).toContain('Granddaughter')
    expect(label('relation', 'x1')).toBe('x1')
    expect(label('no_such_list', 'x')).toBe('x')
    expect(categorySensitivity('community_detox')).toBe(4)
    expect(categorySensitivity('from_a_newer_app')).toBe(2)
  })

  test('chips of a card are the findings of its topic', () => {
    const codes = codesWhere('visit_finding', 'topic', 'economy').map((code) => code.code)
    expect(codes).toContain('economy_benefit_missing')
    expect(codes.every((code) => code.indexOf('economy_') === 0)).toBe(true)
  })

  test('a problem speaks without repeating the value', () => {
    expect(problemWords('too_long', 'zh-CN', '备注', '1000')).toBe('“备注”太长了，最多 1000 个字。')
    expect(problemWords('code_of_a_newer_app', 'zh-CN')).toContain('再看')
  })
})

describe('people', () => {
  test('the head stands first, a struck-out member nowhere', () => {
    expect(listMembers(household(FAMILY)).map((member) => member.name)).toEqual(['欧阳根', '李桂', '欧阳小芽'])
    expect(listMembers(household(FAMILY, [`members/${C}`])).map((member) => member.name)).toEqual(['欧阳根', '欧阳小芽'])
  })

  test('an age turns on the birthday, and partial dates give what they can', () => {
    expect(ageOn('1949-12-31', '2026-12-30')).toBe(76)
    expect(ageOn('1949-12-31', '2026-12-31')).toBe(77)
    expect(ageOn('1949-12', '2026-11-30')).toBe(76)
    expect(ageOn('1949-12', '2026-12-01')).toBe(77)
    expect(ageOn('1949', '2026-01-01')).toBe(77)
    expect(ageOn('', '2026-01-01')).toBeNull()
  })

  test('an age comes from a sound ID number, or from what the ledger said', () => {
    const [head] = listMembers(household(FAMILY))
    expect(head && memberAge(head, '2026-11-22')).toBe(76)
    const [told] = listMembers(household({ [`members/${A}/age_told`]: { years: 70, on: '2024-05' } }))
    expect(told && memberAge(told, '2026-11-22')).toBe(72)
  })

  test('minors are counted among the living', () => {
    expect(countMinors(household(FAMILY), '2026-11-22')).toBe(1)
    expect(countMinors(household(FAMILY), '2033-12-01')).toBe(0)
    expect(countMinors(household({ ...FAMILY, [`members/${A}/died_on`]: '2026-01-01' }), '2026-11-22')).toBe(0)
  })
})

describe('numbers on papers', () => {
  test('a certificate offers number, birth date, gender, kind and grade', () => {
    expect(readFromNumbers({ disability: { certificate: '99010519491231002342B1' } })).toEqual({
      id_number: '990105194912310023', born_on: '1949-12-31', gender: '2', disability: { certificate: '99010519491231002342B1', kind: '4', grade: '2' },
    })
  })

  test('what was answered is never overwritten, a damaged number offers nothing', () => {
    expect(readFromNumbers({ id_number: '990105194912310023', born_on: '1950', gender: '1' })).toEqual({})
    expect(readFromNumbers({ id_number: '990105194912310021' })).toEqual({})
  })
})

describe('summary', () => {
  test('a household line tells who, where, how to reach, which lists', () => {
    expect(summarize(household(FAMILY), '2026-11-22')).toMatchObject({
      headName: '欧阳根',
      memberNames: ['欧阳根', '李桂', '欧阳小芽'],
      phones: ['13900000002'],
      idTails: ['310023'],
      villageId: A,
      address: '上坪村3组12号',
      categories: ['child_left_behind', 'dibao', 'elder_alone'],
      riskLevel: 'yellow',
      lastVisitOn: null,
      nextVisitOn: '2026-01-31',
    })
  })

  test('a missed visit does not count, a call counts as a contact, a met visit as both', () => {
    const visits = {
      [`visits/${A}/visited_on`]: '2026-11-20', [`visits/${A}/outcome`]: 'not_met',
      [`visits/${B}/visited_on`]: '2026-11-10', [`visits/${B}/outcome`]: 'met', [`visits/${B}/method`]: 'phone',
      [`visits/${C}/visited_on`]: '2026-11-01', [`visits/${C}/method`]: 'home',
    }
    const line = summarize(household({ ...FAMILY, ...visits }), '2026-11-22')
    expect(line.lastVisitOn).toBe('2026-11-10')
    expect(line.nextVisitOn).toBe('2026-12-01')
    expect(dueOf(household({ ...FAMILY, ...visits }), '2026-12-11')).toMatchObject({ way: 'home', days: 30, overdueDays: 10 })
    expect(summarize(household({ ...FAMILY, ...visits }, [`visits/${C}`]), '2026-11-22').nextVisitOn).toBe('2026-01-31')
  })

  test('a restricted category is no word of the line and still decides when to go', () => {
    const state = household({ ...FAMILY, [`members/${A}/categories`]: ['child_defacto'], [`members/${B}/categories`]: [] })
    expect(summarize(state, '2026-11-22')).toMatchObject({ categories: [], nextVisitOn: '2026-01-31' })
    expect(dueOf(state, '2026-11-22')?.rule).toBe('children')
  })

  test('in an open conflict the value last settled stands', () => {
    const state = household(FAMILY)
    state.paths[`members/${B}/name`] = { status: 'conflict', value: null, stands: '欧阳根' }
    expect(summarize(state, '2026-11-22').headName).toBe('欧阳根')
  })

  test('an empty file makes an empty line and does not fail', () => {
    expect(summarize(household({}), '2026-11-22')).toMatchObject({ headName: '', address: '', categories: [], riskLevel: null, nextVisitOn: '2026-12-31' })
  })
})

describe('from a form to operations', () => {
  const context = { today: '2026-11-22', minors: 0 }
  let number = 0
  const newId = (): string => String(++number).padStart(32, '0')

  test('a new visit starts from its defaults and writes only what was asked and matters', () => {
    const form = getForm('visit')
    const values = { ...defaultValues(form, { today: '2026-11-22', now: '09:30', me: A }), outcome: 'not_met', not_met_reason: 'away', health_state: 'fine', said: null }
    const kept = relevantValues(form, values, context)
    expect(operationsForNew(form, kept, newId, B)).toEqual([
      {
        op: 'append', path: 'visits', id: B,
        value: { visited_on: '2026-11-22', method: 'home', outcome: 'not_met', not_met_reason: 'away', visit_type: 'routine', visitors: [A], started_time: '09:30' },
      },
    ])
  })

  test('asked without an answer is written as null, not asked is not written', () => {
    const kept = relevantValues(getForm('visit'), { visited_on: '2026-11-22', said: null }, context)
    expect(kept).toEqual({ visited_on: '2026-11-22', said: null })
  })

  test('a new household makes its root fields and its head', () => {
    const form = getForm('new_household')
    const operations = operationsForNew(form, { 'members.name': '赵老根', 'members.relation': '02', 'members.categories': ['dibao'], phone: '13900000001', categories: ['disaster'] }, newId)
    expect(operations.slice(0, 2)).toEqual([
      { op: 'set', path: 'phone', value: '13900000001' },
      { op: 'add', path: 'categories', value: 'disaster' },
    ])
    expect(operations[2]).toMatchObject({ op: 'append', path: 'members', value: { name: '赵老根', relation: '02', categories: ['dibao'] } })
  })

  test('an edit writes only what changed, a set element by element', () => {
    const before = { name: '赵老根', categories: ['dibao', 'disabled'], disability: { kind: '4', grade: '2' }, note: null }
    const after = { name: '赵老根', categories: ['disabled', 'elder_alone'], disability: { grade: '1', kind: '4' }, note: null, phone: null }
    expect(changeOperations('household', `members/${A}`, before, after)).toEqual([
      { op: 'add', path: `members/${A}/categories`, value: 'elder_alone' },
      { op: 'remove', path: `members/${A}/categories`, value: 'dibao' },
      { op: 'set', path: `members/${A}/disability`, value: { grade: '1', kind: '4' } },
      { op: 'set', path: `members/${A}/phone`, value: null },
    ])
  })

  test('the same group in another order of keys is no change', () => {
    expect(changeOperations('household', '', { address: { door: '1', group_no: '2' } }, { address: { group_no: '2', door: '1' } })).toEqual([])
  })

  test('a form says what is missing and whether it may be submitted, never whether it may be saved', () => {
    const form = getForm('assessment')
    const state = evaluateForm(form, { assessed_on: '2026-11-22', income_level: 0 }, context)
    expect(state.isComplete).toBe(false)
    expect(state.missing).toHaveLength(11)
    expect(state.cards.find((card) => card.id === 'income')?.answered).toBe(1)
  })
})
