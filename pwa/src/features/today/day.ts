/** The day's work from the summaries in memory: who is due, in which order, how far the day is. Pure. */
import type { HouseholdSummary } from '../../device'
import { daysBetween } from '../../i18n/dates'

export const ROUTE_MAX = 12

/** Days overdue (positive), 0 today, negative later; null when nothing was agreed. */
export function overdueBy(household: HouseholdSummary, today: string): number | null {
  return household.nextVisitOn === null ? null : daysBetween(household.nextVisitOn, today)
}

/** Due, unless a visit on or after the agreed day has already settled it. */
export const isDue = (household: HouseholdSummary, today: string): boolean => {
  const on = household.nextVisitOn
  return on !== null && on <= today && !(household.lastVisitOn !== null && household.lastVisitOn >= on)
}

const RISK_ORDER = { red: 0, yellow: 1, blue: 2, green: 3 }

/** Red before yellow before the rest; then the longest overdue; then by place, so that neighbours stand together. */
export function dueOrder(today: string) {
  return (a: HouseholdSummary, b: HouseholdSummary): number => {
    const risk = (one: HouseholdSummary) => (one.riskLevel === null ? 4 : RISK_ORDER[one.riskLevel])
    const urgent = (one: HouseholdSummary) => Math.min(risk(one), 2)
    return urgent(a) - urgent(b) || (overdueBy(b, today) ?? -999) - (overdueBy(a, today) ?? -999) || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0)
  }
}

export function listDue(households: readonly HouseholdSummary[], route: readonly string[], today: string): HouseholdSummary[] {
  const onRoute = new Set(route)
  return households.filter((one) => !onRoute.has(one.fileId) && isDue(one, today)).sort(dueOrder(today))
}

/** Not due yet: the next ones by their date, those without a date last. */
export function listComing(households: readonly HouseholdSummary[], route: readonly string[], today: string): HouseholdSummary[] {
  const onRoute = new Set(route)
  const on = (one: HouseholdSummary) => one.nextVisitOn ?? '9999'
  return households
    .filter((one) => !onRoute.has(one.fileId) && !isDue(one, today) && one.lastVisitOn !== today)
    .sort((a, b) => (on(a) < on(b) ? -1 : on(a) > on(b) ? 1 : a.address < b.address ? -1 : 1))
}

/** A route that the phone proposes: the most urgent first, then others in the same villages, at most 12; nobody due: who comes next. */
export function proposeRoute(households: readonly HouseholdSummary[], today: string, max = ROUTE_MAX): string[] {
  const overdue = households.filter((one) => isDue(one, today)).sort(dueOrder(today))
  const due = overdue.length ? overdue : listComing(households, [], today)
  const villages = new Set(due.slice(0, 4).map((one) => one.villageId))
  const near = due.filter((one, index) => index < 4 || villages.has(one.villageId))
  const rest = due.filter((one) => near.indexOf(one) < 0)
  const chosen = [...near, ...rest].slice(0, max)
  const urgentFirst = new Map(due.map((one, index) => [one.fileId, index]))
  return chosen
    .map((one) => one.fileId)
    .sort((a, b) => (urgentFirst.get(a) ?? 0) - (urgentFirst.get(b) ?? 0))
}

export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list]
  const other = index + by
  if (other < 0 || other >= next.length) return next
  ;[next[index], next[other]] = [next[other]!, next[index]!]
  return next
}
