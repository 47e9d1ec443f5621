/** Filters of the household list. Restricted categories (sensitivity 3) are neither offered nor named. Pure. */
import type { HouseholdSummary, Patch, Village } from '../../device'
import { addDays } from '../../i18n/dates'
import { categorySensitivity } from '../../records'

export interface Filters {
  quick: string[] // due, open, route, unsent
  risks: string[]
  due: string // '' any, or one of DUE
  villages: string[]
  workers: string[]
  categories: string[]
}

/** A set of filters that somebody gave a name, with the words that were sought. */
export interface Saved { name: string; query: string; filters: Filters }

export const NO_FILTERS: Filters = { quick: [], risks: [], due: '', villages: [], workers: [], categories: [] }
export const QUICK = ['warned', 'due', 'red', 'route', 'open', 'unsent'] as const
export const DUE = ['overdue', 'week', 'month', 'later', 'none', 'never'] as const
export const NOBODY = 'nobody'
const RESTRICTED = 3
const WEEK = 7
const MONTH = 30

export const isNameable = (category: string): boolean => categorySensitivity(category) < RESTRICTED

/** Due, unless a visit on or after the agreed day has already settled it. */
export function isDue(one: HouseholdSummary, today: string): boolean {
  if (one.warned && one.warned.on <= today) return true
  const home = one.homeOn ?? one.lastVisitOn
  return one.nextVisitOn !== null && one.nextVisitOn <= today && !(home !== null && home >= one.nextVisitOn)
}

const QUICK_TESTS: Record<(typeof QUICK)[number], (one: HouseholdSummary, today: string) => boolean> = {
  warned: (one) => one.warned !== undefined,
  due: isDue,
  red: (one) => one.riskLevel === 'red',
  route: (one) => one.onRoute,
  open: (one) => one.conflicts > 0 || one.returned > 0 || one.sectionStates.includes('returned'),
  unsent: (one) => one.unsent > 0,
}

const comes = (one: HouseholdSummary, from: string, until: string): boolean => one.nextVisitOn !== null && one.nextVisitOn > from && one.nextVisitOn <= until

const DUE_TESTS: Record<(typeof DUE)[number], (one: HouseholdSummary, today: string) => boolean> = {
  overdue: isDue,
  week: (one, today) => comes(one, today, addDays(today, WEEK)),
  month: (one, today) => comes(one, today, addDays(today, MONTH)),
  later: (one, today) => one.nextVisitOn !== null && one.nextVisitOn > addDays(today, MONTH),
  none: (one) => one.nextVisitOn === null,
  never: (one) => one.lastVisitOn === null,
}

export type Workers = (one: HouseholdSummary) => readonly string[]

/** Whose a household is: the worker that its file names, else all who work in its patch. */
export function workersBy(villages: readonly Village[], patches: readonly Patch[]): Workers {
  const patchOf = new Map(villages.map((village) => [village.id, village.scope]))
  const working = new Map(patches.map((patch) => [patch.id, patch.people.filter((one) => one.duty === 'worker').map((one) => one.personId)]))
  return (one) => (one.worker ? [one.worker] : (working.get(one.scope ?? patchOf.get(one.villageId ?? '') ?? '') ?? []))
}

export function passes(one: HouseholdSummary, filters: Filters, today: string, workers: Workers): boolean {
  for (const name of filters.quick) if (!QUICK_TESTS[name as keyof typeof QUICK_TESTS](one, today)) return false
  if (filters.risks.length && !filters.risks.includes(one.riskLevel ?? 'none')) return false
  if (filters.due && !DUE_TESTS[filters.due as keyof typeof DUE_TESTS](one, today)) return false
  if (filters.villages.length && !filters.villages.includes(one.villageId ?? NOBODY)) return false
  if (filters.workers.length) {
    const own = workers(one)
    if (!(own.length ? own.some((person) => filters.workers.includes(person)) : filters.workers.includes(NOBODY))) return false
  }
  return !filters.categories.length || one.categories.some((category) => filters.categories.includes(category) && isNameable(category))
}

/** How many of the further filters are on; the quick ones show by themselves. */
export function countFilters(filters: Filters): number {
  return filters.risks.length + filters.villages.length + filters.workers.length + filters.categories.length + (filters.due ? 1 : 0)
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

/** What an older version kept, or a newer one: what is not understood is left out. */
export function readSaved(kept: unknown): Saved[] {
  if (!Array.isArray(kept)) return []
  return (kept as Partial<Saved>[]).filter((one) => one && typeof one.name === 'string').map((one) => {
    const filters = { ...NO_FILTERS, ...one.filters }
    const known = { ...filters, quick: filters.quick.filter((name) => QUICK.includes(name as never)), due: DUE.includes(filters.due as never) ? filters.due : '' }
    return { name: one.name as string, query: one.query ?? '', filters: known }
  })
}
