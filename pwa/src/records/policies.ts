/**
 * Policies that a household might be entitled to; mirror of schemas/policies, held to it by tests/vectors/policy_rules.json. A hint, never a
 * decision: possibly eligible, unlikely or not known yet, with the facts used and those that nobody knows.
 */
import data from './generated/policies.json'
import { birthDate, day, listMembers, memberAge, readElements, shownValue, text, texts, type Member } from './people'
import { countyOn } from './localOn'
import type { FoldedLike, Words } from './shapes'
import { householdCategories } from './summary'

export type Outcome = 'possibly_eligible' | 'unlikely' | 'unknown' | 'enjoyed'
type Comparison = 'is' | 'in' | 'any_of' | 'at_least' | 'at_most' | 'below' | 'above'
type Condition = { all?: Condition[]; any?: Condition[]; fact?: string } & { [word in Comparison]?: unknown }
export interface Policy { id: string; for: 'member' | 'household'; label: Words; enjoyed?: string; basis: string; office: string; papers: string[]; note?: Words; when: Condition; unless?: Condition }
interface Named { label: Words; field?: string; unit?: string }
/** `member` is null for the whole household. `missing`: facts, and parameters of the county with a `$` before them. */
export interface Match { policy: string; member: string | null; outcome: Outcome; used: string[]; missing: string[] }
type Facts = { [fact: string]: unknown }
export type Parameters = { [name: string]: number }

export const POLICIES = data as unknown as { version: number; policies: Policy[]; facts: { [name: string]: Named }; parameters: { [name: string]: Named } }
const COMPARISONS: Comparison[] = ['is', 'in', 'any_of', 'at_least', 'at_most', 'below', 'above']
const EVENT_DAYS = 90
const DAY = 86_400_000

/** What each policy says of the household and of each living member, in the order of the rules. */
export function matchPolicies(state: FoldedLike, today: string, parameters: Parameters = countyOn(today)?.amounts ?? {}): Match[] {
  const shared = householdFacts(state, today)
  const members = listMembers(state).filter((member) => !member.diedOn).sort((a, b) => (a.id < b.id ? -1 : 1))
  const facts = members.map((member) => ({ id: member.id, known: { ...shared, ...memberFacts(member, today) } }))
  return POLICIES.policies.reduce<Match[]>((matches, policy) => {
    if (policy.for === 'household') return matches.concat(weigh(policy, null, shared, parameters))
    return matches.concat(facts.map(({ id, known }) => weigh(policy, id, known, parameters)))
  }, [])
}

/** What a fact or parameter that is missing is called, and the field where it would be filled in. */
export function missingFact(name: string): Named | null {
  return (name.charAt(0) === '$' ? POLICIES.parameters[name.slice(1)] : POLICIES.facts[name]) ?? null
}

/** Where a policy is applied for: the county's own word, else the common one. */
export function officeOf(policy: Policy, today: string): string {
  return countyOn(today)?.offices[policy.id] ?? policy.office
}

/** One policy for one subject. What speaks against it and is not known leaves it possible, with the fact named. */
function weigh(policy: Policy, member: string | null, facts: Facts, parameters: Parameters): Match {
  const held = ask(policy.when, facts, parameters)
  const against = policy.unless ? ask(policy.unless, facts, parameters) : { holds: false, missing: [] }
  let outcome: Outcome = held.holds === true ? 'possibly_eligible' : 'unknown'
  let missing = held.missing.concat(against.missing)
  const isEnjoyed = policy.enjoyed !== undefined && (facts['enjoyed'] as string[]).indexOf(policy.enjoyed) >= 0
  if (isEnjoyed || held.holds === false || against.holds === true) {
    outcome = isEnjoyed ? 'enjoyed' : 'unlikely'
    missing = []
  }
  const named = factsOf(policy.when).concat(policy.unless ? factsOf(policy.unless) : [])
  return { policy: policy.id, member, outcome, used: sorted(named.filter((name) => isKnown(facts[name]))), missing: sorted(missing) }
}

interface Answer { holds: boolean | null; missing: string[] }

function ask(condition: Condition, facts: Facts, parameters: Parameters): Answer {
  const inner = condition.all ?? condition.any
  if (inner) {
    const isAll = condition.all !== undefined
    const answers = inner.map((one) => ask(one, facts, parameters))
    if (answers.some((one) => one.holds === !isAll)) return { holds: !isAll, missing: [] }
    const open = answers.filter((one) => one.holds === null)
    return { holds: open.length ? null : isAll, missing: open.reduce<string[]>((all, one) => all.concat(one.missing), []) }
  }
  const name = condition.fact as string
  const value = facts[name]
  const word = COMPARISONS.find((one) => condition[one] !== undefined) as Comparison
  let limit = condition[word]
  if (typeof limit === 'string' && limit.charAt(0) === '$') {
    const parameter = limit
    limit = parameters[parameter.slice(1)]
    if (limit === undefined) return { holds: null, missing: isKnown(value) ? [parameter] : [parameter, name] }
  }
  return isKnown(value) ? { holds: compare(word, value, limit), missing: [] } : { holds: null, missing: [name] }
}

function compare(word: Comparison, value: unknown, limit: unknown): boolean {
  if (word === 'is') return value === limit
  if (word === 'in') return (limit as unknown[]).indexOf(value) >= 0
  if (word === 'any_of') return (value as unknown[]).some((one) => (limit as unknown[]).indexOf(one) >= 0)
  const [a, b] = [value as number, limit as number]
  return word === 'at_least' ? a >= b : word === 'at_most' ? a <= b : word === 'below' ? a < b : a > b
}

function factsOf(condition: Condition): string[] {
  const inner = condition.all ?? condition.any
  return inner ? inner.reduce<string[]>((all, one) => all.concat(factsOf(one)), []) : [condition.fact as string]
}

function householdFacts(state: FoldedLike, today: string): Facts {
  const at = (name: string) => shownValue(state, name) ?? null
  const [income, size, expense] = [at('income_yearly_fen'), at('household_size'), at('rigid_expense_yearly_fen')]
  const since = new Date(Date.parse(today) - EVENT_DAYS * DAY).toISOString().slice(0, 10)
  const recent = readElements(state, 'events').filter((one) => { const on = day(one['happened_on']); return on && since <= on && on <= today }).map((one) => text(one['kind']))
  const facts: Facts = {}
  for (const name of ['property_state', 'registered_here', 'housing_kind', 'housing_grade', 'housing_helped_before']) facts[name] = at(name)
  facts['income_monthly_fen'] = typeof income === 'number' && typeof size === 'number' && size > 0 ? Math.floor(Math.floor(income / size) / 12) : null
  facts['expense_permille'] = typeof expense === 'number' && typeof income === 'number' && income > 0 ? Math.floor((expense * 1000) / income) : null
  facts['household_categories'] = householdCategories(state, today)
  facts['events'] = sorted(recent)
  facts['enjoyed'] = texts(at('policies_enjoyed'))
  return facts
}

function memberFacts(member: Member, today: string): Facts {
  const disability = (member.values['disability'] ?? {}) as { kind?: unknown; grade?: unknown }
  const facts: Facts = {}
  for (const name of ['self_care', 'needs_long_term_care', 'work_ability', 'employed', 'seriously_ill', 'supporter_state', 'parents_state', 'school_stage']) facts[name] = member.values[name] ?? null
  facts['age'] = memberAge(member, today)
  facts['born_on'] = birthDate(member.values)
  facts['categories'] = texts(member.values['categories'])
  facts['disability_kind'] = disability.kind || null
  facts['disability_grade'] = disability.grade || null
  facts['enjoyed'] = texts(member.values['policies_enjoyed'])
  return facts
}

function isKnown(value: unknown): boolean {
  return value !== null && value !== undefined
}

function sorted(names: string[]): string[] {
  return names.filter((name, place) => names.indexOf(name) === place).sort()
}
