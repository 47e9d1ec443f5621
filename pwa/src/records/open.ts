/** What of a file waits for somebody: alarms nobody in charge has seen, crises not written up, referrals on their way. No word of what happened. Pure. */
import { day, isApproved, readElements, text, texts } from './people'
import type { FoldedLike } from './shapes'

/** `seen`: a deputy or head has seen it. `written`: it was submitted. */
export interface Alarm { id: string; foundAt: number; reportedAt: number | null; raisedBy: string; seen: boolean; written: boolean }
export type ReferralStage = 'applied' | 'approved' | 'sent' | 'accepted'
export interface OpenReferral { id: string; kind: string; stage: ReferralStage; receiver: string; on: string | null; answerDueOn: string | null }

export function openAlarms(state: FoldedLike): Alarm[] {
  return readElements(state, 'crises')
    .map((one) => {
      const id = text(one['id'])
      const status = state.sections?.[`crises/${id}`]?.status ?? 'draft'
      return {
        id,
        foundAt: typeof one['found_at'] === 'number' ? one['found_at'] : 0,
        reportedAt: typeof one['reported_at'] === 'number' ? one['reported_at'] : null,
        raisedBy: text(one['raised_by']) || text(one['reported_by']),
        // What was reviewed was seen.
        seen: texts(one['seen_by']).length > 0 || isApproved(state, `crises/${id}`) || status === 'returned',
        written: status !== 'draft' && status !== 'returned',
      }
    })
    .filter((one) => !one.seen || !one.written)
    .sort((a, b) => a.foundAt - b.foundAt)
}

const OVER = ['contacted', 'ended', 'refused']

/** Open until the receiver has accepted and met the family: NM-36. */
export function openReferrals(state: FoldedLike): OpenReferral[] {
  return readElements(state, 'referrals')
    .filter((one) => OVER.indexOf(text(one['state'])) < 0 && !text(one['first_contact_on']))
    .map((one) => {
      const id = text(one['id'])
      const said = text(one['state'])
      const stage: ReferralStage = said === 'accepted' || said === 'sent' ? said : isApproved(state, `referrals/${id}`) ? 'approved' : 'applied'
      return { id, kind: text(one['kind']), stage, receiver: text(one['receiver_person']), on: day(one['applied_on']), answerDueOn: day(one['answer_due_on']) }
    })
}
