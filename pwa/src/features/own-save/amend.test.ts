import { describe, expect, it } from 'vitest'
import type { OwnSave } from '../../device'
import { amendmentOf } from './amend'
import { tellSave } from './told'

const FILE = 'f'.repeat(32)
const ID = 'a'.repeat(32)
const PHOTO = 'b'.repeat(32)
const amend = (ops: OwnSave['ops'], exists = true, shown: (path: string) => unknown = () => null) => amendmentOf({ ops, fileId: FILE, kind: 'household', at: 7 }, shown, () => exists)

describe('a refused save is amended where it was typed', () => {
  it('a visit in the visit form, with its photos and under its own id', () => {
    const photo = { sha256: 'c'.repeat(64), media_type: 'image/jpeg', bytes: 5, kind: 'visit_photo', taken_at: 9 }
    const found = amend([
      { op: 'append', path: 'visits', id: ID, value: { visited_on: '2026-11-20', photos: [PHOTO] } },
      { op: 'append', path: 'attachments', id: PHOTO, value: photo },
      { op: 'set', path: 'next_visit_on', value: '2026-12-20' },
    ])
    expect(found).toEqual({
      draftKey: `visit:${FILE}`,
      href: `/households/${FILE}/visit`,
      draft: { id: ID, values: { visited_on: '2026-11-20' }, photos: [{ id: PHOTO, sha256: photo.sha256, mediaType: 'image/jpeg', bytes: 5, takenAt: 9 }], startedAt: 7 },
    })
  })

  it('an assessment that was begun as a new one, one that was edited as itself, with their results', () => {
    const result = { op: 'append' as const, path: 'instrument_results', id: PHOTO, value: { score: 3 } }
    const begun = amend([{ op: 'append', path: 'assessments', id: ID, value: { income_level: 2, instruments: ['x', PHOTO] } }, result])
    expect(begun).toMatchObject({ draftKey: `assessment:${FILE}:new`, draft: { id: ID, typed: { income_level: 2, instruments: ['x'] }, results: [{ id: PHOTO, value: { score: 3 } }] } })
    const edited = amend([{ op: 'set', path: `assessments/${ID}/care_level`, value: 1 }])
    expect(edited).toMatchObject({ draftKey: `assessment:${FILE}:${ID}`, href: `/households/${FILE}/assessment/${ID}`, draft: { typed: { care_level: 1 } } })
  })

  it('fields of the household in a sheet of these fields, sets as they would have become', () => {
    const found = amend([{ op: 'set', path: 'phone', value: '1' }, { op: 'add', path: 'categories', value: 'dibao' }, { op: 'remove', path: 'categories', value: 'old' }], true, () => ['old', 'kept'])
    expect(found).toEqual({ draftKey: `edit:${FILE}:household_basics::phone,categories`, draft: { typed: { phone: '1', categories: ['kept', 'dibao'] } }, href: `/households/${FILE}?sheet=${encodeURIComponent('household_basics::phone,categories')}` })
  })

  it('a family member in their sheet, and as someone new where they were never taken in', () => {
    const ops: OwnSave['ops'] = [{ op: 'set', path: `members/${ID}/name`, value: '钟小河' }]
    expect(amend(ops)?.draftKey).toBe(`edit:${FILE}:member:members/${ID}:`)
    expect(amend(ops, false)?.draftKey).toBe(`edit:${FILE}:member:new:`)
    expect(amend([{ op: 'append', path: 'members', id: ID, value: { name: '钟小河' } }])).toMatchObject({ draftKey: `edit:${FILE}:member:new:`, draft: { typed: { name: '钟小河' } } })
  })

  it('and an act of review nowhere', () => {
    expect(amend([])).toBeNull()
    expect(amend([{ op: 'void', path: `members/${ID}` }])).toBeNull()
  })
})

describe('a refused save is told', () => {
  it('with each reason beside its field, by path or by operation, and the rest on top', () => {
    const { fields, general } = tellSave({
      ops: [{ op: 'set', path: 'phone', value: '1' }, { op: 'append', path: 'members', id: ID, value: { name: '甲', born_on: '2999-01-01' } }],
      reasons: [{ code: 'pattern', op: 0, path: 'phone' }, { code: 'future_date', op: 1, path: `members/${ID}/born_on` }, { code: 'element_exists', op: 1, path: `members/${ID}` }, { code: 'clock_ahead' }],
    })
    expect(fields.map((field) => [field.path.split('/').pop(), field.reasons.map((reason) => reason.code)])).toEqual([['phone', ['pattern']], [ID, ['element_exists']], ['name', []], ['born_on', ['future_date']]])
    expect(general.map((reason) => reason.code)).toEqual(['clock_ahead'])
  })
})
