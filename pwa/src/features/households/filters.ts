/** Filters of the household list. Restricted categories (sensitivity 3) are neither offered nor named. Pure. */
import type { HouseholdSummary } from '../../device'
import { categorySensitivity } from '../../records'

export interface Filters {
  quick: string[] // due, open, route, unsent
  risks: string[]
  villages: string[]
  categories: string[]
}

export const NO_FILTERS: Filters = { quick: [], risks: [], villages: [], categories: [] }
export const QUICK = ['due', 'red', 'route', 'open', 'unsent'] as const
const RESTRICTED = 3

export const isNameable = (category: string): boolean => categorySensitivity(category) < RESTRICTED

/** Due, unless a visit on or after the agreed day has already settled it. */
export function isDue(one: HouseholdSummary, today: string): boolean {
  return one.nextVisitOn !== null && one.nextVisitOn <= today && !(one.lastVisitOn !== null && one.lastVisitOn >= one.nextVisitOn)
}

const QUICK_TESTS: Record<(typeof QUICK)[number], (one: HouseholdSummary, today: string) => boolean> = {
  due: isDue,
  red: (one) => one.riskLevel === 'red',
  route: (one) => one.onRoute,
  open: (one) => one.conflicts > 0 || one.returned > 0 || one.sectionStates.includes('returned'),
  unsent: (one) => one.unsent > 0,
}

export function passes(one: HouseholdSummary, filters: Filters, today: string): boolean {
  for (const name of filters.quick) if (!QUICK_TESTS[name as keyof typeof QUICK_TESTS](one, today)) return false
  if (filters.risks.length && !filters.risks.includes(one.riskLevel ?? 'none')) return false
  if (filters.villages.length && !filters.villages.includes(one.villageId ?? '')) return false
  return !filters.categories.length || one.categories.some((category) => filters.categories.includes(category) && isNameable(category))
}

export function countQuick(households: readonly HouseholdSummary[], today: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of QUICK) counts[name] = households.filter((one) => QUICK_TESTS[name](one, today)).length
  return counts
}

/** Categories that occur, most frequent first, without the restricted ones. */
export function categoriesOf(households: readonly HouseholdSummary[]): { code: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const one of households) for (const code of one.categories) if (isNameable(code)) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
}
