/** An error in words: what happened, what is safe, what to do. Knows only that errors may carry a stable `code` and facts. */
import { hasWords, locale, t } from './index'
import { sayTime } from './dates'

export interface ErrorWords {
  what: string
  safe: string
  code: string
}

interface Coded { code?: unknown; facts?: { remaining?: number; until?: number }; say?: { zh: string; en: string } | null }

export function errorCode(error: unknown): string {
  const code = (error as Coded | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}

/** Codes without words of their own speak with the server's sentence, or say that something went wrong and show the code. */
export function sayError(error: unknown): ErrorWords {
  const code = errorCode(error)
  const facts = (error as Coded | null)?.facts ?? {}
  let key = `shell.error_${code}`
  if (code === 'wrong_secret' && typeof facts.remaining === 'number') key = 'shell.error_wrong_secret_left'
  const said = (error as Coded | null)?.say
  if (!hasWords(key)) {
    if (said) return { what: locale.value === 'en' ? said.en : said.zh, safe: t('shell.safe_saved'), code }
    key = 'shell.error_unknown'
  }
  return {
    what: t(key, { remaining: facts.remaining ?? '', until: facts.until ? sayTime(facts.until) : '' }),
    safe: t('shell.safe_saved'),
    code,
  }
}
