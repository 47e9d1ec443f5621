/** When a household is next due and by which rule; mirror of schemas/visit_rules, held to it by tests/vectors/visit_rules.json. */
import data from './generated/visit_rules.json'
import type { Words } from './shapes'

export interface VisitRule {
  id: string
  label: Words
  basis: string
  categories?: string[]
  home_days?: { [risk: string]: number }
  contact_days?: { [risk: string]: number }
  calendar_year?: boolean
}
export interface VisitRules { id: string; version: number; label: Words; source: string; ways_home: string[]; ways_contact: string[]; rules: VisitRule[] }

/** Dates YYYY-MM-DD. `since`: on our lists since, for a household never visited. */
export interface VisitFacts {
  categories: string[]
  riskLevel: string | null
  fileState?: string | null
  lastHomeOn: string | null
  lastContactOn: string | null
  agreedOn: string | null
  since: string | null
}
/** `rule`: id of a rule, or `agreed`. `days`: how many it allows. `way`: what it asks for. */
export interface Due { dueOn: string; rule: string; way: 'home' | 'contact'; days: number | null; overdueDays: number }

export const VISIT_RULES = data as unknown as VisitRules
const CLOSED = ['cancelled', 'moved_out', 'deceased']
const DAY = 86_400_000

/** The earliest date on which something is due; null for a closed file. Equal dates: agreed first, then in rule order. */
export function findDue(facts: VisitFacts, rules: VisitRules, today: string): Due | null {
  if (facts.fileState && CLOSED.indexOf(facts.fileState) >= 0) return null
  const found: Omit<Due, 'overdueDays'>[] = []
  if (facts.agreedOn && !(facts.lastContactOn && facts.lastContactOn >= facts.agreedOn)) {
    found.push({ dueOn: facts.agreedOn, rule: 'agreed', way: 'home', days: null })
  }
  const risk = facts.riskLevel || 'green'
  for (const rule of rules.rules) {
    if (rule.categories && !rule.categories.some((category) => facts.categories.indexOf(category) >= 0)) continue
    if (rule.calendar_year) found.push({ dueOn: yearEnd(facts.lastHomeOn, facts.since || today), rule: rule.id, way: 'home', days: null })
    const home = rule.home_days?.[risk]
    if (home !== undefined) found.push({ dueOn: after(facts.lastHomeOn || facts.since, home, today), rule: rule.id, way: 'home', days: home })
    const contact = rule.contact_days?.[risk]
    if (contact !== undefined) found.push({ dueOn: after(facts.lastContactOn || facts.since, contact, today), rule: rule.id, way: 'contact', days: contact })
  }
  let first: Omit<Due, 'overdueDays'> | undefined
  for (const one of found) if (!first || one.dueOn < first.dueOn) first = one
  return first ? { ...first, overdueDays: Math.max(0, (Date.parse(today) - Date.parse(first.dueOn)) / DAY) } : null
}

/** What to call the rule on screen. */
export function ruleLabel(rule: string): Words {
  return VISIT_RULES.rules.find((one) => one.id === rule)?.label ?? { 'zh-CN': '约好的日期', en: 'Agreed date' }
}

/** `days` after the start; nothing known of the household: today. */
function after(start: string | null, days: number, today: string): string {
  return start ? new Date(Date.parse(start) + days * DAY).toISOString().slice(0, 10) : today
}

function yearEnd(lastHomeOn: string | null, since: string): string {
  return `${lastHomeOn ? Number(lastHomeOn.slice(0, 4)) + 1 : since.slice(0, 4)}-12-31`
}
