/**
 * Warnings for whole villages, laid over the lines of the index: who stands in a warned village is due, until somebody was at that home.
 * Worked out anew whenever the list is, because a warning comes and passes without any save in the household's own file.
 */
import { visitRulesOn } from '../records/due'
import { homeOf } from '../records/summary'
import { warningsOn, type Warning } from '../records/local'
import type { Warned } from './contract'
import type { StoredSummary } from './summary'

export type Warns = (line: StoredSummary) => Warned | undefined

export function warner(today: string): Warns {
  const days = visitRulesOn(today).event_days ?? {}
  const byVillage = new Map<string, Warned[]>()
  for (const warning of warningsOn(today)) {
    const warned = { id: warning.id, kind: warning.kind, on: warning.on, dueOn: dueOn(warning, days[warning.kind] ?? 0) }
    for (const village of warning.villages) byVillage.set(village, [...(byVillage.get(village) ?? []), warned].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1)))
  }
  // No date at all: the file is closed.
  return (line) => (line.nextVisitOn === null ? undefined : (byVillage.get(line.villageId ?? '') ?? []).find((one) => (homeOf(line) ?? '') < one.on))
}

const DAY = 86_400_000

function dueOn(warning: Warning, days: number): string {
  return new Date(Date.parse(warning.on) + days * DAY).toISOString().slice(0, 10)
}
