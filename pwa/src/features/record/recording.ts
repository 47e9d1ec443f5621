/** What a write-only record says, and the visit values that it will become once it is linked. Pure. */
export interface Recording {
  villageName: string
  personName: string
  note: string
  met: 'met' | 'not_met' | undefined
  urgency: string | undefined
  nextVisitOn: string | undefined
}

export const URGENCIES = ['routine', 'soon', 'urgent', 'emergency'] as const

/** Fields of a visit by name; what was not asked is left out, never written as "no". The note itself travels beside them. */
export function recordValues(form: Recording, today: string): Record<string, unknown> {
  const values: Record<string, unknown> = { visited_on: today }
  if (form.met) values.outcome = form.met
  if (form.urgency) values.urgency = form.urgency
  if (form.nextVisitOn) values.next_visit_on = form.nextVisitOn
  return values
}
