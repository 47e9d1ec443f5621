import { beforeAll, describe, expect, it } from 'vitest'
import { loadCodes } from './codes'
import { findField } from './kinds'
import { codeOptions, editOperations, screenField, tidy } from './screen'

beforeAll(loadCodes)
const field = (path: string) => findField('household', path)!

describe('a declared field as a widget', () => {
  it('shows money in yuan, levels as numbers in words, long text as a box', () => {
    expect(screenField('income_yearly_fen', field('income_yearly_fen'), 'zh-CN')).toMatchObject({ type: 'number', scale: 2, unit: '元' })
    const level = screenField('care_level', field(`assessments/${'0'.repeat(32)}/care_level`), 'zh-CN')
    expect(level).toMatchObject({ type: 'choice', few: true, options: [{ value: 0, label: '无' }, { value: 1, label: '轻' }, { value: 2, label: '中' }, { value: 3, label: '重' }] })
    expect(screenField('notes', field('notes'), 'en')).toMatchObject({ type: 'longtext', label: 'Notes' })
  })

  it('leaves ids and positions out of a group', () => {
    const names = screenField('address', field('address'), 'zh-CN').parts!.map((part) => part.name)
    expect(names).toEqual(['village_name', 'group_no', 'door'])
  })

  it('offers the short list of a long code list first, and only the chips of its card', () => {
    expect(codeOptions('relation', 'zh-CN').slice(0, 2).map((one) => one.label)).toEqual(['户主', '配偶'])
    expect(codeOptions('visit_finding', 'zh-CN', { topic: 'child' }).every((one) => String(one.value).startsWith('child_'))).toBe(true)
  })
})

describe('what was typed', () => {
  it('is trimmed, normalised and sorted, and what was not answered is left out', () => {
    expect(tidy({ a: '  é ', b: '', c: [], d: ['b', 'a', 'b'], e: null, f: { x: '', y: ' 1 ' }, g: { x: '' }, h: 0, i: false })).toEqual({ a: 'é', d: ['a', 'b'], e: null, f: { y: '1' }, h: 0, i: false })
  })

  it('becomes operations for what changed alone', () => {
    const before = { phone: '1990', notes: '旧', categories: ['dibao', 'disabled'] }
    expect(editOperations('household', '', before, { phone: '1990 ', notes: '', categories: ['disabled', 'elder_alone'] })).toEqual([
      { op: 'add', path: 'categories', value: 'elder_alone' },
      { op: 'remove', path: 'categories', value: 'dibao' },
      { op: 'set', path: 'notes', value: null },
    ])
  })
})
