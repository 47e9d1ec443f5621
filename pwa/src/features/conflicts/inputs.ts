/** How the value of a declared field is typed when neither side is right: the inputs of the field, or of each part of a group. */
import { codesFor, findField, type FieldDescription, type Locale } from '../../records'

export interface Input {
  name: string
  label: string
  type: 'text' | 'tel' | 'longtext' | 'number' | 'date' | 'boolean' | 'choice' | 'multi'
  scale: number
  unit: string | undefined
  min: number | undefined
  max: number | undefined
  maxlength: number | undefined
  options: { value: string | number; label: string }[] | undefined
}

const LONG_TEXT = 200

/** One input for a plain field; one per part for a group, without the ids and digits that nobody types. */
export function inputsFor(kind: string, path: string, locale: Locale): Input[] {
  const field = findField(kind, path)
  const name = path.split('/').pop() ?? path
  if (!field) return [plainInput(name, name)]
  if (!field.parts) return [inputFor(name, field, locale)]
  const parts = field.parts
  return Object.keys(parts).filter(part => !isHidden(parts[part] as FieldDescription, part)).map(part => inputFor(part, parts[part] as FieldDescription, locale))
}

export function isGroup(kind: string, path: string): boolean {
  return !!findField(kind, path)?.parts
}

/** Parts that a screen never asks for stay as the chosen starting side has them. */
function isHidden(field: FieldDescription, name: string): boolean {
  return field.type === 'reference' || field.type === 'hash' || /_e7$/.test(name)
}

function inputFor(name: string, field: FieldDescription, locale: Locale): Input {
  const input = plainInput(name, field.label[locale])
  input.min = field.minimum
  input.max = field.maximum
  input.maxlength = field.length_max ?? LONG_TEXT
  if (field.codes) {
    input.type = field.type === 'code_set' ? 'multi' : 'choice'
    const isNumber = field.type === 'integer'
    input.options = codesFor(field).map(code => ({ value: isNumber ? Number(code.code) : code.code, label: locale === 'en' ? code.en : code.zh }))
  } else if (field.type === 'money') {
    input.type = 'number'
    input.scale = 2
    input.unit = locale === 'en' ? 'yuan' : '元'
  } else if (field.type === 'integer') {
    input.type = 'number'
  } else if (field.type === 'flag') {
    input.type = 'boolean'
  } else if (field.type === 'phone') {
    input.type = 'tel'
  } else if (field.type === 'date' && !field.partial) {
    input.type = 'date'
  } else if (input.maxlength > LONG_TEXT) {
    input.type = 'longtext'
  }
  return input
}

function plainInput(name: string, label: string): Input {
  return { name, label, type: 'text', scale: 0, unit: undefined, min: undefined, max: undefined, maxlength: undefined, options: undefined }
}
