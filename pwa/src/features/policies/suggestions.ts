/** The policies worth showing: those that are neither unlikely, nor had, nor followed up already; and those that are. Pure. */
import type { FileView } from '../../device'
import { readElements, text } from '../../records/people'
import { matchPolicies, officeOf, POLICIES, type Match, type Policy } from '../../records/policies'
import type { Words } from '../../records/shapes'

export interface Suggestion { key: string; match: Match; policy: Policy; office: string; version: number }
export interface Followed { id: string; label: Words; member: string | null; state: string; on: string; office: string }

/** Possible ones with nothing missing first; then by the order of the rules. */
export function suggestions(view: FileView, today: string): Suggestion[] {
  const followedUp = readElements(view.state, 'policy_matches').map((one) => `${text(one['policy'])} ${text(one['member'])}`)
  return matchPolicies(view.state, today)
    .filter((match) => match.outcome === 'possibly_eligible' || match.outcome === 'unknown')
    .filter((match) => followedUp.indexOf(`${match.policy} ${match.member ?? ''}`) < 0)
    .map((match, place) => ({ key: `${match.policy} ${match.member ?? ''}`, match, policy: policyOf(match.policy), office: officeOf(policyOf(match.policy), today), version: POLICIES.version, place }))
    .sort((a, b) => Number(a.match.missing.length > 0) - Number(b.match.missing.length > 0) || a.place - b.place)
}

export function followed(view: FileView): Followed[] {
  return readElements(view.state, 'policy_matches')
    .map((one) => ({ id: text(one['id']), label: policyOf(text(one['policy']))?.label ?? { 'zh-CN': text(one['policy']), en: text(one['policy']) }, member: text(one['member']) || null, state: text(one['state']), on: text(one['decided_on']) || text(one['applied_on']) || text(one['suggested_on']), office: text(one['office']) }))
    .sort((a, b) => (a.on < b.on ? 1 : -1))
}

function policyOf(id: string): Policy {
  return POLICIES.policies.find((one) => one.id === id) as Policy
}
