/** Where a referral is on its way, and what each step writes. Pure. */
import type { FileView } from '../../device'
import { shownValues, text } from '../../records/people'
import { isApproved } from '../../records'
import type { Operation } from '../../sync/change'

export const STAGES = ['applied', 'approved', 'sent', 'accepted', 'contacted'] as const
export type Stage = (typeof STAGES)[number] | 'refused' | 'ended'
export type Values = Record<string, unknown>

export function stageOf(view: FileView, element: string): Stage {
  const said = text(shownValues(view.state, `referrals/${element}`)['state'])
  if (said === 'sent' || said === 'accepted' || said === 'contacted' || said === 'refused' || said === 'ended') return said
  return isApproved(view.state, `referrals/${element}`) ? 'approved' : 'applied'
}

/** The family's word on giving anything away: its consent stands, or a reason why none was asked. */
export function mayGo(view: FileView, values: Values): boolean {
  const consent = text(values['consent'])
  if (!consent) return Boolean(text(values['no_consent_reason']))
  return text(shownValues(view.state, `consents/${consent}`)['state']) === 'given'
}

export function write(element: string, values: Values): Operation[] {
  return Object.keys(values).filter((name) => values[name] !== undefined).map((name) => ({ op: 'set', path: `referrals/${element}/${name}`, value: values[name] }) as Operation)
}

/** A visit of whoever took over, after the answer, at which somebody was met: that is the first contact. */
export function firstVisit(view: FileView, values: Values): string | null {
  const [receiver, since] = [text(values['receiver_person']), text(values['answered_on'])]
  const days = Object.keys(view.state.elements)
    .filter((path) => path.indexOf('visits/') === 0 && !view.state.elements[path]!.voided)
    .map((path) => shownValues(view.state, path))
    .filter((visit) => text(visit['outcome']) !== 'not_met' && (visit['visitors'] as string[] | undefined)?.includes(receiver) && text(visit['visited_on']) >= since)
    .map((visit) => text(visit['visited_on']))
    .sort()
  return receiver && since ? (days[0] ?? null) : null
}
