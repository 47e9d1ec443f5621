/**
 * When a household is next due and by which rule: the strictest of category, risk and plan, of what happened, of the date agreed. Mirror of
 * schemas/visit_rules, held to it by tests/vectors/visit_rules.json.
 */
import { label } from './codes'
import data from './generated/visit_rules.json'
import { localRules } from './local'
import { localVisitsOn } from './localOn'
import type { Words } from './shapes'

export type Way = 'home' | 'contact'
/** What the fields mean stands in schemas/visit_rules. */
export interface VisitRule {
  id: string
  label: Words
  categories?: string[]
  unless?: string[]
  home_days?: { [risk: string]: number }
  contact_days?: { [risk: string]: number }
  ways?: string[]
  at_once?: string[]
  by_plan?: boolean
  grace_days?: number
  calendar_year?: boolean
  valid_from?: string
  valid_to?: string
  scope?: string
}
export interface VisitRules {
  id: string
  version: number
  label: Words
  ways_home: string[]
  ways_contact: string[]
  rules: VisitRule[]
  event_days?: { [kind: string]: number }
  closure_days?: number[]
}

/** Dates YYYY-MM-DD. `since`: on our lists since, for a household never visited. */
export interface VisitFacts {
  categories: string[]
  riskLevel: string | null
  riskOn?: string | null
  fileState?: string | null
  lastHomeOn: string | null
  lastContactOn: string | null
  lastByWay?: { [way: string]: string }
  agreedOn: string | null
  since: string | null
  planSince?: string | null
  planHomeDays?: number | null
  planContactDays?: number | null
  events?: { kind: string; on: string }[]
  closedOn?: string | null
  scope?: string | null
}
/** `rule`: id of a rule, or agreed, plan, closure, event_<kind>. `days`: how many it allows. `way`: what it asks for. */
export interface Due { dueOn: string; rule: string; way: Way; days: number | null; overdueDays: number }
type Asked = Omit<Due, 'overdueDays'> & { grace?: number }

export const VISIT_RULES = data as unknown as VisitRules

/** The rules that hold on a day: the station's own while they are valid, else the shipped ones. */
export function visitRulesOn(today: string): VisitRules {
  return localVisitsOn(today)?.rules ?? VISIT_RULES
}
/** The last contact that a ledger told of, by whatever way. */
export const PAPER = 'paper'
const CLOSED = ['cancelled', 'moved_out', 'deceased']
const DAY = 86_400_000

/** The earliest date on which something is due; null for a closed file. Equal dates: agreed, events, plan, rules in order, closure. */
export function findDue(facts: VisitFacts, rules: VisitRules, today: string): Due | null {
  if (facts.fileState && CLOSED.indexOf(facts.fileState) >= 0) return null
  const found = agreed(facts).concat(byEvents(facts, rules), byPlan(facts, today))
  for (const rule of rules.rules) if (holds(rule, facts, today)) found.push(...byRule(rule, facts, today))
  found.push(...afterClosure(facts, rules))
  let first: Asked | undefined
  for (const one of found) if (!first || one.dueOn < first.dueOn) first = one
  if (!first) return null
  const { dueOn, rule, way, days, grace } = first
  return { dueOn, rule, way, days, overdueDays: Math.max(0, between(dueOn, today) - (grace ?? 0)) }
}

const EVENT = 'event_'
const OTHERS: { [rule: string]: Words } = {
  agreed: { 'zh-CN': '约好的日期', en: 'Agreed date' },
  plan: { 'zh-CN': '服务计划', en: 'Service plan' },
  closure: { 'zh-CN': '结案后回访', en: 'Follow-up after closure' },
}

/** What to call the rule on screen. */
export function ruleLabel(rule: string): Words {
  const known = (localRules().visits?.rules.rules ?? []).concat(VISIT_RULES.rules)
  const found = known.find((one) => one.id === rule)?.label ?? OTHERS[rule]
  if (found) return found
  const kind = rule.indexOf(EVENT) === 0 ? rule.slice(EVENT.length) : ''
  return kind ? { 'zh-CN': label('visit_event', kind, 'zh-CN'), en: label('visit_event', kind, 'en') } : (OTHERS['agreed'] as Words)
}

function agreed(facts: VisitFacts): Asked[] {
  const isMet = facts.lastContactOn && facts.agreedOn && facts.lastContactOn >= facts.agreedOn
  return facts.agreedOn && !isMet ? [{ dueOn: facts.agreedOn, rule: 'agreed', way: 'home', days: null }] : []
}

/** Only a visit at home on that day or later settles an event. */
function byEvents(facts: VisitFacts, rules: VisitRules): Asked[] {
  return (facts.events ?? [])
    .filter((one) => rules.event_days?.[one.kind] !== undefined && !(facts.lastHomeOn && facts.lastHomeOn >= one.on))
    .map((one) => ({ dueOn: after(one.on, rules.event_days![one.kind] as number, one.on), rule: EVENT + one.kind, way: 'home', days: rules.event_days![one.kind] as number }))
}

function byPlan(facts: VisitFacts, today: string): Asked[] {
  const found: Asked[] = []
  const start = (last: string | null): string | null => later(last, facts.planSince ?? null) ?? facts.since
  if (facts.planHomeDays) found.push({ dueOn: after(start(facts.lastHomeOn), facts.planHomeDays, today), rule: 'plan', way: 'home', days: facts.planHomeDays })
  if (facts.planContactDays) found.push({ dueOn: after(start(facts.lastContactOn), facts.planContactDays, today), rule: 'plan', way: 'contact', days: facts.planContactDays })
  return found
}

function holds(rule: VisitRule, facts: VisitFacts, today: string): boolean {
  if (rule.by_plan || (rule.categories && !rule.categories.some((category) => facts.categories.indexOf(category) >= 0))) return false
  if (rule.unless && rule.unless.some((category) => facts.categories.indexOf(category) >= 0)) return false
  if ((rule.valid_from && today < rule.valid_from) || (rule.valid_to && today > rule.valid_to)) return false
  return !rule.scope || (facts.scope ?? '').indexOf(rule.scope) === 0
}

function byRule(rule: VisitRule, facts: VisitFacts, today: string): Asked[] {
  const risk = facts.riskLevel || 'green'
  const grace = rule.grace_days ?? 0
  const found: Asked[] = []
  if (rule.calendar_year) found.push({ dueOn: yearEnd(facts.lastHomeOn, facts.since || today), rule: rule.id, way: 'home', days: null, grace })
  if (rule.at_once && rule.at_once.indexOf(risk) >= 0 && facts.riskOn && !(facts.lastHomeOn && facts.lastHomeOn >= facts.riskOn)) {
    found.push({ dueOn: facts.riskOn, rule: rule.id, way: 'home', days: 0, grace })
  }
  const home = rule.home_days?.[risk]
  if (home !== undefined) found.push({ dueOn: after(facts.lastHomeOn || facts.since, home, today), rule: rule.id, way: 'home', days: home, grace })
  const contact = rule.contact_days?.[risk]
  if (contact !== undefined) found.push({ dueOn: after(lastContact(rule, facts) || facts.since, contact, today), rule: rule.id, way: 'contact', days: contact, grace })
  return found
}

/** The last contact by a way that this rule counts. */
function lastContact(rule: VisitRule, facts: VisitFacts): string | null {
  const byWay = facts.lastByWay ?? {}
  if (!rule.ways || !Object.keys(byWay).length) return facts.lastContactOn
  return rule.ways.concat(PAPER).reduce<string | null>((last, way) => later(last, byWay[way] ?? null), null)
}

/** The first follow-up that no contact since has answered; a contact counts from half way since the round before. */
function afterClosure(facts: VisitFacts, rules: VisitRules): Asked[] {
  if (!facts.closedOn) return []
  let before = facts.closedOn
  for (const days of rules.closure_days ?? []) {
    const on = after(facts.closedOn, days, facts.closedOn)
    const half = after(before, Math.floor(between(before, on) / 2), before)
    if ((facts.lastContactOn ?? '') < half) return [{ dueOn: on, rule: 'closure', way: 'contact', days }]
    before = on
  }
  return []
}

function between(start: string, end: string): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / DAY)
}

function later(a: string | null, b: string | null): string | null {
  return a && b ? (a > b ? a : b) : a || b
}

/** `days` after the start; nothing known of the household: today. */
function after(start: string | null, days: number, today: string): string {
  return start ? new Date(Date.parse(start) + days * DAY).toISOString().slice(0, 10) : today
}

function yearEnd(lastHomeOn: string | null, since: string): string {
  return `${lastHomeOn ? Number(lastHomeOn.slice(0, 4)) + 1 : since.slice(0, 4)}-12-31`
}
