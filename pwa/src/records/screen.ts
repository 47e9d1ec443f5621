/**
 * Between forms and widgets: what the form engine says of a field, as the widgets' own shape; what was typed, as values worth
 * storing. So no description reaches a widget and no widget reaches a record. Pure; codes must be loaded.
 */
import { isApart, codeList, label } from './codes'
import { changeOperations, type FormOperation } from './forms/operations'
import type { CardState, FieldState, FormValues } from './forms/shapes'
import type { FieldDescription, Locale } from './shapes'
import { problemWords } from './values'

export interface ScreenOption { value: string | number | boolean; label: string }

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
  required?: boolean
  few?: boolean
  parts?: ScreenField[]
}

/** What references may point to on this form, by what they refer to: `members`, `person`, `village`. */
export interface References { [refers: string]: ScreenOption[] }

/** Fields that are no widget of their own: photos, positions and instruments are drawn by the feature. */
export const DRAWN_BY_FEATURE = ['photos', 'position', 'instruments', 'instrument', 'signature', 'moment']

const LONG_TEXT = 300
const UNITS: { [unit: string]: { [locale in Locale]: string } } = {
  fen: { 'zh-CN': '元', en: 'yuan' },
  persons: { 'zh-CN': '人', en: 'persons' },
  years: { 'zh-CN': '岁', en: 'years' },
  days: { 'zh-CN': '天', en: 'days' },
  minutes: { 'zh-CN': '分钟', en: 'minutes' },
  m2: { 'zh-CN': '平方米', en: 'm²' },
}
const PARTIAL: { [locale in Locale]: string } = { 'zh-CN': '如 1952-03-15;只知道年份就写 1952', en: 'e.g. 1952-03-15; only the year: 1952' }
/** Parts that people neither read nor type: the village's id goes with its name, positions with the map. */
const HIDDEN_PART = /(_id|_e7)$/

/** Options of a code list, those of its short list (a column `quick`) first; `filter` keeps one value of a column. */
export function codeOptions(list: string, locale: Locale, filter: { [column: string]: string } = {}, asNumber = false): ScreenOption[] {
  const codes = codeList(list).filter((code) => Object.keys(filter).every((column) => code.extra[column] === filter[column]))
  const ordered = [...codes.filter((code) => code.extra['quick']), ...codes.filter((code) => !code.extra['quick'])]
  return ordered.map(({ code }) => ({ value: asNumber ? Number(code) : code, label: label(list, code, locale) }))
}

/** What stands in no file that many read is not offered in one. */
function offered(field: FieldDescription, locale: Locale, filter?: { [column: string]: string }): ScreenOption[] {
  return codeOptions(field.codes ?? '', locale, filter).filter((option) => !isApart(field, String(option.value)))
}

/** A declared field as a widget. */
export function screenField(name: string, field: FieldDescription, locale: Locale, references: References = {}, filter?: { [column: string]: string }): ScreenField {
  const base = { name, label: field.label[locale] }
  const referred = references[field.refers ?? ''] ?? []
  switch (field.type) {
    case 'integer':
      if (field.codes) return { ...base, type: 'choice', few: true, options: codeOptions(field.codes, locale, {}, true) }
      return { ...base, type: 'number', scale: 0, unit: UNITS[field.unit ?? '']?.[locale], min: field.minimum, max: field.maximum }
    case 'money':
      return { ...base, type: 'number', scale: 2, unit: UNITS['fen']?.[locale], min: field.minimum, max: field.maximum }
    case 'flag':
      return { ...base, type: 'boolean' }
    case 'date':
      if (field.partial) return { ...base, type: 'text', inputmode: 'numeric', maxlength: 10, hint: PARTIAL[locale] }
      return { ...base, type: 'date' }
    case 'time':
      return { ...base, type: 'time' }
    case 'code':
      return { ...base, type: 'choice', options: offered(field, locale, filter) }
    case 'code_set':
      return { ...base, type: 'multi', options: offered(field, locale, filter) }
    case 'reference':
      return { ...base, type: 'choice', options: referred }
    case 'reference_set':
      return { ...base, type: 'multi', options: referred }
    case 'phone':
      return { ...base, type: 'tel', maxlength: field.length_max ?? 200 }
    case 'group': {
      const parts = Object.keys(field.parts ?? {}).filter((part) => !HIDDEN_PART.test(part))
      return { ...base, type: 'group', parts: parts.map((part) => screenField(part, (field.parts ?? {})[part]!, locale, references)) }
    }
    default: {
      const maxlength = field.length_max ?? 200
      return { ...base, type: maxlength >= LONG_TEXT ? 'longtext' : 'text', maxlength }
    }
  }
}

/** The fields of a card that matter now, as widgets; those the feature draws itself are left out. */
export function cardFields(card: CardState, locale: Locale, references: References): ScreenField[] {
  return card.fields
    .filter((state) => state.relevant && DRAWN_BY_FEATURE.indexOf(state.asked.show ?? '') < 0)
    .map((state) => widgetOf(state, locale, references))
}

/** One asked field as a widget. */
export function widgetOf(state: FieldState, locale: Locale, references: References): ScreenField {
  const shown = screenField(state.key, state.field, locale, references, state.asked.filter)
  const hint = state.asked.hint?.[locale] ?? shown.hint
  return { ...shown, label: state.label[locale], required: state.required, ...(hint ? { hint } : {}), ...(state.asked.show === 'long_text' ? { type: 'longtext' as const } : {}) }
}

/** Sentences of problems by field; what is merely missing is only said once someone tried to submit. */
export function problemSentences(cards: readonly CardState[], locale: Locale, withMissing: boolean): { [key: string]: string } {
  const sentences: { [key: string]: string } = {}
  for (const card of cards) {
    for (const field of card.relevant ? card.fields : []) {
      const problem = field.problems.filter((one) => withMissing || one.code !== 'required')[0]
      if (problem) sentences[field.key] = problem.words?.[locale] ?? problemWords(problem.code, locale, field.label[locale], problem.limit)
    }
  }
  return sentences
}

/** Whether anything was answered: empty text, empty lists and groups of nothing are "not asked". */
export function isAnswered(value: unknown): boolean {
  if (value === undefined) return false
  if (typeof value === 'string') return value.trim() !== ''
  if (Array.isArray(value)) return value.length > 0
  if (value !== null && typeof value === 'object') return Object.values(value).some((part) => part !== null && isAnswered(part))
  return true
}

function stored(value: unknown): unknown {
  if (typeof value === 'string') return value.trim().normalize('NFC')
  if (Array.isArray(value)) return Array.from(new Set(value.map(stored) as (string | number)[])).sort()
  if (value === null || typeof value !== 'object') return value
  const group: { [part: string]: unknown } = {}
  for (const [part, one] of Object.entries(value)) if (one === null || isAnswered(one)) group[part] = stored(one)
  return group
}

/** What was typed, as values worth storing: trimmed, NFC, sets sorted, unanswered left out. */
export function tidy(values: FormValues): FormValues {
  const kept: FormValues = {}
  for (const [key, value] of Object.entries(values)) if (value === null || isAnswered(value)) kept[key] = stored(value)
  return kept
}

/** Operations from what a form showed to what it says now. Emptying an answer writes `null`: asked, no answer. */
export function editOperations(kind: string, element: string, before: FormValues, after: FormValues): FormOperation[] {
  const now = tidy(after)
  const target: FormValues = { ...now }
  for (const key of Object.keys(before)) if (before[key] !== undefined && before[key] !== null && now[key] === undefined) target[key] = null
  return changeOperations(kind, element, before, target)
}
