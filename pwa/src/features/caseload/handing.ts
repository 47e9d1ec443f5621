/** Handing over the households of a worker who leaves: which they are, and what is written into each. Pure. */
import type { FileView, HouseholdSummary } from '../../device'
import { planInForce, text } from '../../records'
import type { Operation } from '../../sync/change'

/** Hers by name; with `unnamed` also those of her patches that nobody is named for. */
export function householdsOf(households: readonly HouseholdSummary[], person: string, scopes: readonly string[], unnamed: boolean): HouseholdSummary[] {
  return households.filter((one) => one.worker === person || (unnamed && !one.worker && one.scope !== undefined && scopes.indexOf(one.scope) >= 0))
}

export interface Handing { to: string; today: string; continuity: string; reason: string; newId: () => string }

/** The new name, also in the plan in force; and a referral inside the station, open until the successor has accepted and met the family. */
export function handOverOperations(view: FileView, { to, today, continuity, reason, newId }: Handing): Operation[] {
  const operations: Operation[] = [{ op: 'set', path: 'responsible_worker', value: to }]
  const plan = text(planInForce(view.state, today)?.['id'])
  if (plan) operations.push({ op: 'set', path: `plans/${plan}/responsible`, value: to })
  const value = {
    applied_on: today, sent_on: today, kind: 'inside', reason: 'worker_left', receiver_person: to, state: 'sent', continuity, no_consent_reason: reason,
    handed_over: ['basics', 'assessment', 'instruments', 'plan', 'visits', 'notes', 'medical', 'papers'],
  } // prettier-ignore
  operations.push({ op: 'append', path: 'referrals', id: newId(), value })
  return operations
}
