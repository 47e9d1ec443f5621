/** Values of the ledger in words, and what went wrong with a file: the server says it best, since it saw the file. */
import { locale, hasWords, t } from '../../i18n'
import { sayError } from '../../i18n/errors'
import { label, shortLabel } from '../../records'
import type { CellWords } from './sheet'

const GENDER: Record<string, string> = { male: '1', female: '2' }

export const cellWords: CellWords = {
  relation: (code) => label('relation', code, locale.value),
  gender: (code) => label('gender', GENDER[code] ?? code, locale.value),
  category: (code) => shortLabel('client_category', code, locale.value),
  disability: ({ kind, grade }) => `${label('disability_kind', kind, locale.value)} ${label('disability_grade', grade, locale.value)}`,
  years: (age) => t('ledger-import.years', { age }),
}

interface Told { code?: unknown; say?: { zh?: unknown } }

/** A problem with the file, in a sentence that ends with what to do. The server's own sentence names numbers and endings. */
export function sayFault(error: unknown): string {
  const told = (error ?? {}) as Told
  const said = locale.value === 'en' ? '' : told.say?.zh
  const code = typeof told.code === 'string' ? told.code : 'unknown'
  const known = hasWords(`ledger-import.error_${code}`)
  if (typeof said === 'string' && said && /^(ledger_|save_as|not_a_)/.test(code)) return said
  return known ? t(`ledger-import.error_${code}`) : sayError(error).what
}
