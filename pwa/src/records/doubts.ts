/** What two fields of a person say about each other; mirror of schemas/doubts.py. Always doubts, never refusals. */
import { readCertificate, readIdNumber } from './idNumber'
import type { FieldDescription, Problem } from './shapes'
import { makeProblem } from './values'

export interface PersonDoubt { code: string; field: string }

/** Doubts among one person's values, each with the field to look at. */
export function personDoubts(values: { [field: string]: unknown }): PersonDoubt[] {
  const text = (name: string): string => (typeof values[name] === 'string' ? (values[name] as string) : '')
  const doubts: PersonDoubt[] = []
  const number = readIdNumber(text('id_number'))
  const [bornOn, diedOn, gender] = [text('born_on'), text('died_on'), text('gender')]
  if (number.bornOn && bornOn && number.bornOn.indexOf(bornOn) !== 0) doubts.push({ code: 'id_born_on_differs', field: 'id_number' })
  if (number.gender && (gender === '1' || gender === '2') && gender !== number.gender) doubts.push({ code: 'id_gender_differs', field: 'id_number' })
  if (bornOn && diedOn && diedOn < bornOn.slice(0, diedOn.length)) doubts.push({ code: 'died_before_born', field: 'died_on' })
  for (const code of certificateDoubts(values['disability'], text('id_number'))) doubts.push({ code, field: 'disability' })
  return doubts
}

/** A date that must lie in the past and does not, by the reader's calendar; nothing where no date is given. */
export function findFuture(field: FieldDescription, value: unknown, path: string, today: unknown): Problem[] {
  const isFuture = field.past && field.type === 'date' && typeof value === 'string' && typeof today === 'string' && value > today
  return isFuture ? [makeProblem('future_date', path)] : []
}

/** What sound numbers say of fields that have no answer yet: offered to the person, never written by itself. */
export function readFromNumbers(values: { [field: string]: unknown }): { [field: string]: unknown } {
  const disability = isObject(values['disability']) ? values['disability'] : {}
  const certificate = readCertificate(typeof disability['certificate'] === 'string' ? disability['certificate'] : '')
  const written = typeof values['id_number'] === 'string' ? values['id_number'] : ''
  const number = readIdNumber(written || (certificate ? certificate.idNumber : ''))
  const offered: { [field: string]: unknown } = {}
  if (!written && certificate && !number.doubt) offered['id_number'] = certificate.idNumber
  if (number.bornOn && !values['born_on']) offered['born_on'] = number.bornOn
  if (number.gender && !values['gender']) offered['gender'] = number.gender
  if (certificate && (!disability['kind'] || !disability['grade'])) {
    offered['disability'] = { ...disability, kind: disability['kind'] || certificate.kind, grade: disability['grade'] || certificate.grade }
  }
  return offered
}

function certificateDoubts(disability: unknown, idNumber: string): string[] {
  if (!isObject(disability) || typeof disability['certificate'] !== 'string') return []
  const certificate = readCertificate(disability['certificate'])
  if (!certificate) return []
  const { kind, grade } = disability
  const doubts: string[] = []
  if (idNumber && certificate.idNumber !== idNumber.toUpperCase()) doubts.push('certificate_id_differs')
  if ((kind && kind !== certificate.kind) || (grade && grade !== certificate.grade)) doubts.push('certificate_kind_differs')
  return doubts
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
