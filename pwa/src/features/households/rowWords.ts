/** The words of a household's row. They are kept: at each key of a search other households stand in the same rows, and most stood there before. */
import type { HouseholdSummary } from '../../device'
import { locale, t } from '../../i18n'
import { sayDistance } from '../../i18n/dates'
import { shortLabel } from '../../records'
import { isDue, isNameable } from './filters'

export interface Mark { tone: 'plain' | 'warn' | 'danger'; word: string }
/** `marks`: what asks for something to be done; all else is `line`. */
export interface RowWords { who: string; line: string; marks: Mark[]; risk: string }

const CATEGORIES_SHOWN = 3
let kept = new WeakMap<HouseholdSummary, RowWords>()
let keptFor = ''

export function rowWords(one: HouseholdSummary, today: string): RowWords {
  const key = `${locale.value} ${today}`
  if (key !== keptFor) [kept, keptFor] = [new WeakMap(), key]
  let words = kept.get(one)
  if (!words) kept.set(one, (words = makeWords(one, today)))
  return words
}

function makeWords(one: HouseholdSummary, today: string): RowWords {
  const said: [unknown, Mark['tone'], string][] = [
    [one.warned, 'danger', 'households.warned'],
    [!one.warned && isDue(one, today), 'warn', 'households.due'],
    [one.conflicts, 'warn', 'households.conflict'],
    [one.semantic?.open, 'warn', 'households.fact'],
    [one.returned || one.sectionStates.indexOf('returned') >= 0, 'danger', 'households.returned'],
    [one.unsent, 'plain', 'households.unsent'],
  ]
  const categories = one.categories.filter(isNameable).slice(0, CATEGORIES_SHOWN)
  const when = one.lastVisitOn ? t('households.last', { when: sayDistance(one.lastVisitOn, today) }) : t('households.never')
  return {
    who: one.headName || t('shell.who_unknown'),
    line: [when, ...categories.map((code) => shortLabel('client_category', code, locale.value))].join(' · '),
    marks: said.filter(([is]) => is).map(([, tone, word]) => ({ tone, word: t(word) })),
    risk: t(`shell.risk_${one.riskLevel ?? 'none'}`),
  }
}
