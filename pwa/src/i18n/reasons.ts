/** Why the server did not simply take a change in, in words: its own sentence, ours for a known code, else the code itself. */
import { hasWords, locale, t } from './index'

export interface SaidReason { code: string; path?: string; op?: number; say?: string }

/** A person's own words (a deputy's reason) are always shown; a check's sentence is Chinese, so English asks ours first. */
export function sayReason(reason: SaidReason): string {
  const key = `reasons.${reason.code}`
  const ours = hasWords(key) ? t(key) : ''
  const isPersons = reason.code === 'declined' || reason.code === 'admitted' || reason.code === 'reissued'
  if (isPersons) return reason.say ? t('reasons.said', { what: ours, said: reason.say }) : ours
  if (reason.say && (locale.value !== 'en' || !ours)) return reason.say
  return ours || t('reasons.other', { code: reason.code })
}
