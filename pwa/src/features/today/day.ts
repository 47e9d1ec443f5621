/** The day's work from the summaries in memory: who is due, in which order, how far the day is. Pure. */
import type { HouseholdSummary } from '../../device'
import { daysBetween } from '../../i18n/dates'

export const ROUTE_MAX = 12

/** Days overdue (positive), 0 today, negative later; null when nothing was agreed. */
export function overdueBy(household: HouseholdSummary, today: string): number | null {
  return household.nextVisitOn === null ? null : daysBetween(household.nextVisitOn, today)
}

/** Due, unless a visit on or after the agreed day has already settled it; where a warning stands, from its first day. */
export const isDue = (household: HouseholdSummary, today: string): boolean => {
  if (household.warned && household.warned.on <= today) return true
  const on = household.nextVisitOn
  const home = household.homeOn ?? household.lastVisitOn // a call settles it only where the rules say so, and then another day stands here
  return on !== null && on <= today && !(home !== null && home >= on)
}

const RISK_ORDER = { red: 0, yellow: 1, blue: 2, green: 3 }

/** Red before yellow and the warned before the rest; then the longest overdue; then by place, so that neighbours stand together. */
export function dueOrder(today: string) {
  return (a: HouseholdSummary, b: HouseholdSummary): number => {
    const risk = (one: HouseholdSummary) => (one.riskLevel === null ? 4 : RISK_ORDER[one.riskLevel])
    const urgent = (one: HouseholdSummary) => Math.min(risk(one), one.warned ? 1 : 2)
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

const METRES_PER_E7 = 0.0111319 // of latitude; of longitude times its cosine
type Point = [number, number]

/** Straight metres between two positions, good for the few kilometres of a patch. */
export function metresBetween(a: Point, b: Point): number {
  const cosine = Math.cos(((a[0] + b[0]) / 2 / 1e7) * (Math.PI / 180))
  return Math.round(Math.hypot(a[0] - b[0], (a[1] - b[1]) * cosine) * METRES_PER_E7)
}

/**
 * The order to walk in: from where one stands always to the nearest next; who has no position follows the last one of the same village,
 * else comes at the end in the order given. Without a start the first of the list is gone to first.
 */
export function nearestFirst(households: readonly HouseholdSummary[], from: Point | null = null): HouseholdSummary[] {
  const placed = households.filter((one) => one.at)
  const ordered: HouseholdSummary[] = []
  let here = from ?? (households[0]?.at ?? null)
  while (ordered.length < placed.length) {
    const left = placed.filter((one) => ordered.indexOf(one) < 0)
    const next = here ? left.reduce((best, one) => (metresBetween(here!, one.at!) < metresBetween(here!, best.at!) ? one : best)) : left[0]!
    ordered.push(next)
    here = next.at!
  }
  for (const one of households.filter((household) => !household.at)) {
    const neighbours = ordered.map((other, place) => (other.villageId !== null && other.villageId === one.villageId ? place : -1))
    const after = Math.max(...neighbours, -1)
    ordered.splice(after < 0 ? (from || households[0] !== one ? ordered.length : 0) : after + 1, 0, one)
  }
  return ordered
}

/** Metres from the one before on the route; null where either has no position. */
export function metresTo(route: readonly HouseholdSummary[], place: number): number | null {
  const [before, here] = [route[place - 1]?.at, route[place]?.at]
  return before && here ? metresBetween(before, here) : null
}

/**
 * A route that the phone proposes: the most urgent, then others in the same villages, at most 12; nobody due: who comes next. Walked from
 * the most urgent to the nearest next wherever positions are known.
 */
export function proposeRoute(households: readonly HouseholdSummary[], today: string, max = ROUTE_MAX): string[] {
  const overdue = households.filter((one) => isDue(one, today)).sort(dueOrder(today))
  const due = overdue.length ? overdue : listComing(households, [], today)
  const villages = new Set(due.slice(0, 4).map((one) => one.villageId))
  const near = due.filter((one, index) => index < 4 || villages.has(one.villageId))
  const rest = due.filter((one) => near.indexOf(one) < 0)
  const chosen = [...near, ...rest].slice(0, max)
  const urgentFirst = new Map(due.map((one, index) => [one.fileId, index]))
  const urgent = chosen.sort((a, b) => (urgentFirst.get(a.fileId) ?? 0) - (urgentFirst.get(b.fileId) ?? 0))
  return (urgent.some((one) => one.at) ? nearestFirst(urgent) : urgent).map((one) => one.fileId)
}

export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list]
  const other = index + by
  if (other < 0 || other >= next.length) return next
  ;[next[index], next[other]] = [next[other]!, next[index]!]
  return next
}
