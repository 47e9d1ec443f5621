/**
 * Is a value one that its field can hold? Mirror of schemas/values.py; tests/vectors/values.json holds both to the same codes.
 * Codes of a list that is not loaded (`loadCodes`) are not judged.
 */
import { codeList, findCode, isApart } from './codes'
import data from './generated/problems.json'
import { isRealDate, readIdNumber } from './idNumber'
import type { FieldDescription, FieldType, Locale, Problem, Severity } from './shapes'

const TEXTS = data as unknown as { [code: string]: [Severity, string, string] }

export function makeProblem(code: string, path: string, limit?: string): Problem {
  const severity = TEXTS[code]?.[0] ?? 'error'
  return limit === undefined ? { code, path, severity } : { code, path, severity, limit }
}

/** The sentence of a problem; `label` is what the field is called on screen. Never holds the value. */
export function problemWords(code: string, locale: Locale, label = '', limit = ''): string {
  const texts = TEXTS[code]
  const sentence = texts ? (locale === 'en' ? texts[2] : texts[1]) : locale === 'en' ? 'This needs another look.' : '这一项需要再看一下。'
  return sentence.replace('{label}', label).replace('{limit}', limit)
}

/** Problems of one value; null (asked, no answer) is always allowed. A set field is given its whole list. */
export function checkValue(field: FieldDescription, value: unknown, path: string): Problem[] {
  return value === null || value === undefined ? [] : CHECKS[field.type](field, value, path)
}

type Check = (field: FieldDescription, value: unknown, path: string) => Problem[]

const text: Check = (field, value, path) => {
  if (typeof value !== 'string' || value.normalize('NFC') !== value) return [makeProblem('wrong_type', path)]
  const limit = field.length_max ?? 200
  if (Array.from(value).length > limit) return [makeProblem('too_long', path, String(limit))]
  if (value !== '' && field.type === 'phone' && !/^[+0-9][0-9 -]{2,38}$/.test(value)) return [makeProblem('bad_phone', path)]
  const doubt = value !== '' && field.type === 'id_number' ? readIdNumber(value).doubt : null
  return doubt ? [makeProblem(doubt, path)] : []
}

const integer: Check = (field, value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return [makeProblem('wrong_type', path)]
  const { minimum, maximum } = field
  if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum)) {
    return [makeProblem('out_of_range', path, `${minimum ?? ''}–${maximum ?? ''}`)]
  }
  return isCode(field, String(value)) ? [] : [makeProblem('unknown_code', path)]
}

const flag: Check = (_field, value, path) => (typeof value === 'boolean' ? [] : [makeProblem('wrong_type', path)])

const date: Check = (field, value, path) => {
  if (typeof value !== 'string') return [makeProblem('wrong_type', path)]
  let whole = value
  if (field.type === 'month' || (field.partial && /^\d{4}-\d{2}$/.test(value))) whole = `${value}-01`
  else if (field.partial && /^\d{4}$/.test(value)) whole = `${value}-01-01`
  const year = Number(whole.slice(0, 4))
  return isRealDate(whole) && year >= 1850 && year <= 2200 ? [] : [makeProblem('impossible_date', path)]
}

const time: Check = (_field, value, path) =>
  typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? [] : [makeProblem('impossible_time', path)]

const code: Check = (field, value, path) => {
  if (typeof value !== 'string') return [makeProblem('wrong_type', path)]
  if (!isCode(field, value)) return [makeProblem('unknown_code', path)]
  return isApart(field, value) ? [makeProblem('belongs_apart', path)] : []
}

const reference: Check = (_field, value, path) =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? [] : [makeProblem('bad_reference', path)]

const hash: Check = (_field, value, path) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? [] : [makeProblem('bad_hash', path)]

const set: Check = (field, value, path) => {
  if (!Array.isArray(value)) return [makeProblem('wrong_type', path)]
  const one = field.type === 'reference_set' ? reference : field.codes ? code : text
  return value.reduce<Problem[]>((problems, element) => problems.concat(one(field, element, path)), [])
}

const group: Check = (field, value, path) => {
  if (!isObject(value)) return [makeProblem('wrong_type', path)]
  const parts = field.parts ?? {}
  // A part that this version does not know came from a newer app: kept, not judged.
  return Object.keys(value)
    .filter((name) => Object.prototype.hasOwnProperty.call(parts, name))
    .reduce<Problem[]>((problems, name) => problems.concat(checkValue(parts[name] as FieldDescription, value[name], `${path}.${name}`)), [])
}

const answers: Check = (_field, value, path) => {
  const fine = isObject(value) && Object.keys(value).length <= 200 && Object.keys(value).every((key) => isAnswer(value[key]))
  return fine ? [] : [makeProblem('wrong_type', path)]
}

const CHECKS: { [type in FieldType]: Check } = {
  text, phone: text, id_number: text, integer, money: integer, instant: integer, flag, date, month: date, time, code,
  code_set: set, reference_set: set, group, answers, reference, hash,
}

function isCode(field: FieldDescription, value: string): boolean {
  return !field.codes || !codeList(field.codes).length || findCode(field.codes, value) !== null
}

function isAnswer(value: unknown): boolean {
  return value === null || typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
