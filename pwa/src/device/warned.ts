/**
 * Warnings for whole villages, laid over the lines of the index: who stands in a warned village is due, until somebody was at that home.
 * Worked out anew whenever the list is, because a warning comes and passes without any save in the household's own file.
 */
import { visitRulesOn } from '../records/due'
import { homeOf } from '../records/summary'
import type { Warning } from '../records/local'
import { warningsOn } from '../records/localOn'
import type { Warned } from './contract'
import type { Phone } from './phone'
import { dayOf, type StoredSummary } from './summary'

/** What is said of a household otherwise than by its line. */
export type Warns = (line: StoredSummary) => { warned: Warned; nextVisitOn: string } | undefined

/** After a policy came: its warnings are laid over the list, or taken off it. */
export function warn(phone: Phone): void {
  phone.warns = phone.state.warnings.length ? warner(dayOf(phone.now())) : null
  phone.refreshHouseholds()
}

export function warner(today: string): Warns {
  const days = visitRulesOn(today).event_days ?? {}
  const byVillage = new Map<string, Warned[]>()
  for (const warning of warningsOn(today)) {
    const warned = { id: warning.id, kind: warning.kind, on: warning.on, dueOn: dueOn(warning, days[warning.kind] ?? 0) }
    for (const village of warning.villages) byVillage.set(village, [...(byVillage.get(village) ?? []), warned].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1)))
  }
  return (line) => {
    if (line.nextVisitOn === null) return undefined // the file is closed
    const warned = (byVillage.get(line.villageId ?? '') ?? []).find((one) => (homeOf(line) ?? '') < one.on)
    return warned && { warned, nextVisitOn: line.nextVisitOn < warned.dueOn ? line.nextVisitOn : warned.dueOn }
  }
}

const DAY = 86_400_000

function dueOn(warning: Warning, days: number): string {
  return new Date(Date.parse(warning.on) + days * DAY).toISOString().slice(0, 10)
}
