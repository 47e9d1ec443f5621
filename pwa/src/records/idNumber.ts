/** Reading the numbers on papers; mirror of schemas/id_number.py. A number is read, never corrected or guessed. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

export type IdDoubt = 'id_length' | 'id_check_digit' | 'id_birth_date' | 'id_old_number'
/** `bornOn` and `gender` (1 male, 2 female) only of a sound number. */
export interface IdNumber { doubt: IdDoubt | null; bornOn: string | null; gender: '1' | '2' | null }

export function readIdNumber(text: string): IdNumber {
  const doubtful = (doubt: IdDoubt): IdNumber => ({ doubt, bornOn: null, gender: null })
  if (/^\d{15}$/.test(text)) return doubtful('id_old_number')
  if (!/^\d{17}[\dXx]$/.test(text)) return doubtful('id_length')
  if (checkCharacter(text) !== text.charAt(17).toUpperCase()) return doubtful('id_check_digit')
  const bornOn = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`
  if (!isRealDate(bornOn) || bornOn < '1850') return doubtful('id_birth_date')
  return { doubt: null, bornOn, gender: Number(text.charAt(16)) % 2 ? '1' : '2' }
}

/** The 18-character form of an old 15-digit number; null when it is no such number. */
export function convertOldNumber(text: string): string | null {
  if (!/^\d{15}$/.test(text)) return null
  const first17 = `${text.slice(0, 6)}19${text.slice(6)}`
  return first17 + checkCharacter(first17)
}

/** The 18th character that belongs to the first 17 digits. */
function checkCharacter(text: string): string {
  return CHECKS.charAt(WEIGHTS.reduce((total, weight, place) => total + weight * Number(text.charAt(place)), 0) % 11)
}

export interface Certificate { idNumber: string; kind: string; grade: string }

/** A disability certificate: 18 of the ID, kind, grade, and perhaps a re-issue suffix; null when it is none. */
export function readCertificate(text: string): Certificate | null {
  const found = /^(\d{17}[\dXx])([1-7])([1-4])(?:[A-Z]\d{0,2})?$/.exec(text.trim())
  return found ? { idNumber: (found[1] as string).toUpperCase(), kind: found[2] as string, grade: found[3] as string } : null
}

/** YYYY-MM-DD that stands in the calendar. */
export function isRealDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(text + 'T00:00:00Z')
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text
}
