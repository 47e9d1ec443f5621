/**
 * Between a folded file and a form on screen: descriptions as fields, folded values as typed values, typed values back as
 * operations. Only what changed becomes an operation, and what was not asked is never written. Pure; codes must be loaded.
 */
import { codeList, label } from './codes'
import { fieldsOf } from './kinds'
import type { FieldDescription, FoldedLike, Locale } from './shapes'

export interface ScreenOption { value: string | number | boolean; label: string }

/** What a form needs of a field; the widgets' own shape, so that descriptions never reach a widget. */
export interface ScreenField {
  name: string
  type: 'text' | 'tel' | 'longtext' | 'number' | 'date' | 'time' | 'boolean' | 'choice' | 'multi' | 'group'
  label: string
  hint?: string
  options?: ScreenOption[]
  unit?: string
  scale?: number
  min?: number | string
  max?: number | string
  maxlength?: number
  inputmode?: 'text' | 'numeric' | 'decimal' | 'tel'
  parts?: ScreenField[]
}

export type ScreenOperation =
  | { op: 'set'; path: string; value: never }
  | { op: 'add' | 'remove'; path: string; value: string | number }

const LONG_TEXT = 300
const UNITS: { [unit: string]: { [locale in Locale]: string } } = {
  fen: { 'zh-CN': '元', en: 'yuan' },
  persons: { 'zh-CN': '人', en: 'persons' },
  years: { 'zh-CN': '岁', en: 'years' },
  m2: { 'zh-CN': '平方米', en: 'm²' },
}
const PARTIAL: { [locale in Locale]: string } = { 'zh-CN': '只知道年份就写 1952,知道月份写 1952-03', en: 'Only the year known: 1952; with month: 1952-03' }

/** Options of a code list; those of the short list (a column `quick`) come first. */
export function codeOptions(list: string, locale: Locale, asNumber = false): ScreenOption[] {
  const codes = codeList(list)
  const ordered = [...codes.filter((code) => code.extra['quick']), ...codes.filter((code) => !code.extra['quick'])]
  return ordered.map(({ code }) => ({ value: asNumber ? Number(code) : code, label: label(list, code, locale) }))
}

export function screenField(name: string, field: FieldDescription, locale: Locale, references: ScreenOption[] = [], today = ''): ScreenField {
  const base = { name, label: field.label[locale] }
  const unit = field.unit ? UNITS[field.unit]?.[locale] : undefined
  switch (field.type) {
    case 'integer':
      if (field.codes) return { ...base, type: 'choice', options: codeOptions(field.codes, locale, true) }
      return { ...base, type: 'number', scale: 0, unit, min: field.minimum, max: field.maximum }
    case 'money':
      return { ...base, type: 'number', scale: 2, unit: UNITS['fen']![locale], min: field.minimum, max: field.maximum }
    case 'flag':
      return { ...base, type: 'boolean' }
    case 'date':
      if (field.partial) return { ...base, type: 'text', inputmode: 'numeric', maxlength: 10, hint: PARTIAL[locale] }
      return { ...base, type: 'date', max: field.past && today ? today : undefined }
    case 'time':
      return { ...base, type: 'time' }
    case 'code':
      return { ...base, type: 'choice', options: codeOptions(field.codes ?? '', locale) }
    case 'code_set':
      return { ...base, type: 'multi', options: codeOptions(field.codes ?? '', locale) }
    case 'reference':
      return { ...base, type: 'choice', options: references }
    case 'reference_set':
      return { ...base, type: 'multi', options: references }
    case 'phone':
      return { ...base, type: 'tel', maxlength: field.length_max ?? 200 }
    case 'group':
      return { ...base, type: 'group', parts: Object.entries(field.parts ?? {}).map(([part, described]) => screenField(part, described, locale, references, today)) }
    default: {
      const maxlength = field.length_max ?? 200
      return { ...base, type: maxlength >= LONG_TEXT ? 'longtext' : 'text', maxlength }
    }
  }
}

/** The value that stands at a path: the settled one, in an open conflict the last settled; undefined where nobody wrote. */
export function standing(state: FoldedLike, path: string): unknown {
  const found = state.paths[path]
  if (!found) return undefined
  return found.status === 'conflict' ? found.stands : found.value
}

/** Ids of a collection's elements that are not struck out, in the order of their ids' first appearance. */
export function elementIds(state: FoldedLike, collection: string): string[] {
  return Object.values(state.elements)
    .filter((element) => element.collection === collection && !element.voided)
    .map((element) => element.id)
}

export const pathOf = (prefix: string, name: string): string => (prefix ? `${prefix}/${name}` : name)

/** What a form over these fields shows when it opens. `prefix` is '' for the root or `collection/<id>`. */
export function readValues(state: FoldedLike, prefix: string, names: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const value = standing(state, pathOf(prefix, name))
    if (value !== undefined) values[name] = value
  }
  return values
}

/** Empty text, empty lists and groups of nothing are "not asked" in what a form gives. */
export function answered(value: unknown): boolean {
  if (value === undefined) return false
  if (typeof value === 'string') return value.trim() !== ''
  if (Array.isArray(value)) return value.length > 0
  if (value !== null && typeof value === 'object') return Object.values(value).some((part) => part !== null && answered(part))
  return true
}

/** A value as it is stored: text trimmed and in NFC, unanswered parts of a group left out, sets sorted. */
export function stored(value: unknown): unknown {
  if (typeof value === 'string') return value.trim().normalize('NFC')
  if (Array.isArray(value)) return [...new Set(value.map(stored) as (string | number)[])].sort()
  if (value !== null && typeof value === 'object') {
    const group: Record<string, unknown> = {}
    for (const [part, one] of Object.entries(value)) if (one === null || answered(one)) group[part] = stored(one)
    return group
  }
  return value
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

function canonical(value: unknown): string {
  if (value === undefined) return '—'
  return JSON.stringify(value, (_key, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  )
}

/** The answers of a new element: what its `append` writes. */
export function appendValue(values: Record<string, unknown>): Record<string, never> {
  const written: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) if (value === null || answered(value)) written[name] = stored(value)
  return written as Record<string, never>
}

/** Operations from what a form showed to what it says now. Emptying an answer writes `null`: asked, no answer. */
export function changedOperations(kind: string, prefix: string, before: Record<string, unknown>, after: Record<string, unknown>): ScreenOperation[] {
  const fields = fieldsOf(kind, prefix ? (prefix.split('/')[0] as string) : '')
  const operations: ScreenOperation[] = []
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = pathOf(prefix, name)
    const was = before[name]
    const is = answered(after[name]) ? stored(after[name]) : after[name] === null ? null : undefined
    if (fields[name]?.policy === 'union') {
      const had = new Set((was ?? []) as (string | number)[])
      const has = new Set((is ?? []) as (string | number)[])
      for (const value of [...has].filter((one) => !had.has(one)).sort()) operations.push({ op: 'add', path, value })
      for (const value of [...had].filter((one) => !has.has(one)).sort()) operations.push({ op: 'remove', path, value })
    } else if (is === undefined) {
      if (was !== undefined && was !== null) operations.push({ op: 'set', path, value: null as never })
    } else if (!same(was, is)) {
      operations.push({ op: 'set', path, value: is as never })
    }
  }
  return operations
}
