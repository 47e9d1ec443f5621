import { beforeAll, describe, expect, it } from 'vitest'
import { loadCodes } from './codes'
import { makeWords } from './words'
import type { FoldedLike } from './shapes'

const ANNA = 'a1'.repeat(16)
const WORKER = 'c1'.repeat(16)
const state: FoldedLike = {
  file: 'f1'.repeat(16),
  kind: 'household',
  paths: {
    [`members/${ANNA}/name`]: { status: 'settled', value: '王秀兰' },
    [`assessments/${ANNA}/assessed_on`]: { status: 'settled', value: '2026-11-20' },
  },
  elements: { [`members/${ANNA}`]: { collection: 'members', id: ANNA, voided: false } },
}
const chinese = makeWords('household', state, 'zh-CN', { [WORKER]: '林小禾' })
const english = makeWords('household', state, 'en', { [WORKER]: '林小禾' })

beforeAll(() => loadCodes())

describe('paths in words', () => {
  it('names a member field by the member, a root field by itself', () => {
    expect(chinese.field(`members/${ANNA}/id_number`)).toBe('王秀兰 · 身份证号')
    expect(chinese.field('household_size')).toBe('家庭人口')
    expect(english.field('household_size')).toBe('Household size')
  })
  it('names the struck-out element of a conflict, not its register', () => {
    expect(chinese.field(`members/${ANNA}/$void`)).toBe('王秀兰')
  })
  it('names a section by its day, and a declared one by its label', () => {
    expect(chinese.section(`assessments/${ANNA}`)).toBe('需求预估 2026-11-20')
    expect(chinese.section('basics')).toBe('基本情况')
  })
  it('keeps a field of a newer app readable under its own word', () => {
    expect(chinese.field('satellite_phone')).toBe('satellite_phone')
    expect(chinese.value('satellite_phone', 'x')).toBe('x')
  })
})

describe('values in words', () => {
  it('tells "not asked" from "asked, no answer"', () => {
    expect(chinese.value('phone', undefined)).toBe('没问')
    expect(chinese.value('phone', null)).toBe('没有回答')
  })
  it('writes money in yuan without a float', () => {
    expect(chinese.value('income_yearly_fen', 480000)).toBe('4800 元')
    expect(chinese.value('income_yearly_fen', 1280)).toBe('12.80 元')
    expect(chinese.value('income_yearly_fen', -5)).toBe('-0.05 元')
  })
  it('says codes and numbers of a code list by their label in both languages', () => {
    expect(chinese.value(`assessments/${ANNA}/income_level`, 2)).toBe('中')
    expect(english.value('risk_level', 'red')).toMatch(/red/i)
  })
  it('says a group part by part and hides the digits of a map position', () => {
    const said = chinese.value('address', { village_id: 'b'.repeat(32), village_name: '柳湾村', group_no: '3', door: '12 号', lat_e7: 1, lng_e7: 2 })
    expect(said).toBe('柳湾村 · 3 组 · 12 号 · 地图位置')
  })
  it('says people and members by name, and lists by the list mark', () => {
    expect(chinese.value('responsible_worker', WORKER)).toBe('林小禾')
    expect(chinese.value(`instrument_results/${ANNA}/member`, ANNA)).toBe('王秀兰')
    expect(chinese.value(`visits/${ANNA}/visitors`, [WORKER, WORKER])).toBe('林小禾、林小禾')
    expect(chinese.value('categories', [])).toBe('无')
  })
})
