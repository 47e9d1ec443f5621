/**
 * Code lists and their labels. Those that lists and search need are in the first load; the rest is one lazy chunk:
 * a screen that shows or edits fields awaits `loadCodes()` before it opens.
 */
import first from './generated/codes.json'
import type { Locale, Words } from './shapes'

export interface Code { code: string; zh: string; en: string; extra: { [column: string]: string } }
interface RawList { label: Words; codes: [string, string, string, { [column: string]: string }?][] }

interface KnownList { label: Words; codes: Code[]; byCode: { [code: string]: Code } }
const known: { [list: string]: KnownList } = Object.create(null) as { [list: string]: KnownList }
take(first as unknown as { [list: string]: RawList })

let loading: Promise<void> | null = null

/** Makes every code list available to the synchronous functions below; cheap to call again. */
export function loadCodes(): Promise<void> {
  loading ??= import('./generated/codes_more.json').then((rest) => take(rest.default as unknown as { [list: string]: RawList }))
  return loading
}

/** The codes of a list in their declared order; empty for a list that is unknown or not loaded yet. */
export function codeList(list: string): Code[] {
  return known[list]?.codes ?? []
}

export function findCode(list: string, code: string): Code | null {
  return known[list]?.byCode[code] ?? null
}

/** What a code is called; the code itself where the list is not loaded or a newer app added the code. */
export function label(list: string, code: string | number | null | undefined, locale: Locale = 'zh-CN'): string {
  if (code === null || code === undefined) return ''
  const found = findCode(list, String(code))
  return found ? (locale === 'en' ? found.en : found.zh) : String(code)
}

/** The short name for chips and list rows; falls back to the label. */
export function shortLabel(list: string, code: string, locale: Locale = 'zh-CN'): string {
  const found = findCode(list, code)
  return (locale !== 'en' && found?.extra['short_zh']) || label(list, code, locale)
}

/** 1 normal, 2 sensitive, 3 restricted: never shown as a word in lists or notifications, 4: in no household file at all. Unknown codes count as 2. */
export function categorySensitivity(code: string): number {
  return Number(findCode('client_category', code)?.extra['sensitivity'] ?? 2)
}

const APART = '4'
const CLOSE = 3 // sensitivity of a field that may hold such codes

/** A code that stands in no file which many read, in a field of such a file. */
export function isApart(field: { codes?: string; sensitivity?: number }, code: string): boolean {
  return (field.sensitivity ?? 1) < CLOSE && field.codes !== undefined && findCode(field.codes, code)?.extra['sensitivity'] === APART
}

/** The codes that a field offers. */
export function codesFor(field: { codes?: string; sensitivity?: number }): Code[] {
  return field.codes ? codeList(field.codes).filter(({ code }) => !isApart(field, code)) : []
}

/** The codes of a list with one value in a further column: chips of a visit card by `topic`, needs by `level`. */
export function codesWhere(list: string, column: string, value: string): Code[] {
  return codeList(list).filter((code) => code.extra[column] === value)
}

function take(lists: { [list: string]: RawList }): void {
  for (const name of Object.keys(lists)) {
    const raw = lists[name] as RawList
    const codes = raw.codes.map(([code, zh, en, extra]) => ({ code, zh, en, extra: extra ?? {} }))
    const byCode = Object.create(null) as { [code: string]: Code }
    for (const code of codes) byCode[code.code] = code
    known[name] = { label: raw.label, codes, byCode }
  }
}
