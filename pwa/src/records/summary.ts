/** One line of the household list from a folded file: the part of the device's HouseholdSummary that the file itself knows. Pure. */
import { categorySensitivity } from './codes'
import { findDue, VISIT_RULES, type Due, type VisitFacts, type VisitRules } from './due'
import { isHead, listElements, listMembers, shownValue, text } from './people'
import { isRealDate } from './idNumber'
import type { FoldedLike } from './shapes'

export type RiskLevel = 'red' | 'yellow' | 'blue' | 'green'
export interface Summary {
  fileId: string
  headName: string
  memberNames: string[]
  phones: string[]
  idTails: string[]
  villageId: string | null
  address: string
  categories: string[]
  riskLevel: RiskLevel | null
  lastVisitOn: string | null
  nextVisitOn: string | null
}

const RESTRICTED = 3 // of sensitivity: never a word in a list
const RISKS = ['red', 'yellow', 'blue', 'green']

/**
 * `today` only decides for a household of which nothing is known yet: it is due at once. Restricted categories are left out of the line,
 * and still count for when the household is due.
 */
export function summarize(state: FoldedLike, today: string, rules: VisitRules = VISIT_RULES): Summary {
  const members = listMembers(state)
  const head = members.find(isHead) ?? members[0]
  const address = shownValue(state, 'address') as Address | null | undefined
  const facts = visitFacts(state)
  const due = findDue(facts, rules, today)
  return {
    fileId: state.file,
    headName: head ? head.name : '',
    memberNames: members.map((member) => member.name).filter(Boolean),
    phones: unique([shownValue(state, 'phone'), ...members.map((member) => member.values['phone'])].map(text).filter(Boolean)),
    idTails: members.map((member) => text(member.values['id_number']).slice(-6).toUpperCase()).filter(Boolean),
    villageId: text(address?.village_id) || null,
    address: addressLine(address),
    categories: facts.categories.filter((code) => categorySensitivity(code) < RESTRICTED),
    riskLevel: RISKS.indexOf(facts.riskLevel ?? '') >= 0 ? (facts.riskLevel as RiskLevel) : null,
    lastVisitOn: latest(facts.lastHomeOn, facts.lastContactOn),
    nextVisitOn: due ? due.dueOn : null,
  }
}

/** Next due date of a folded household with its reason. */
export function dueOf(state: FoldedLike, today: string, rules: VisitRules = VISIT_RULES): Due | null {
  return findDue(visitFacts(state), rules, today)
}

/** What the visit rules look at. A visit counts when somebody was met; a visit without an outcome counts as met. */
export function visitFacts(state: FoldedLike, rules: VisitRules = VISIT_RULES): VisitFacts {
  let home: string | null = null
  let contact: string | null = null
  for (const id of listElements(state, 'visits')) {
    const on = text(shownValue(state, `visits/${id}/visited_on`))
    const method = text(shownValue(state, `visits/${id}/method`)) || 'home'
    if (!isRealDate(on) || shownValue(state, `visits/${id}/outcome`) === 'not_met') continue
    if (rules.ways_home.indexOf(method) >= 0) home = latest(home, on)
    if (rules.ways_contact.indexOf(method) >= 0) contact = latest(contact, on)
  }
  const paper = text(shownValue(state, 'last_contact_on'))
  if (isRealDate(paper)) {
    home = latest(home, paper)
    contact = latest(contact, paper)
  }
  return {
    categories: householdCategories(state),
    riskLevel: text(shownValue(state, 'risk_level')) || null,
    fileState: text(shownValue(state, 'file_state')) || null,
    lastHomeOn: home,
    lastContactOn: contact,
    agreedOn: date(shownValue(state, 'next_visit_on')),
    since: date(shownValue(state, 'opened_on')),
  }
}

/** Codes of the household and its living members, sorted, each once. */
export function householdCategories(state: FoldedLike): string[] {
  const own = list(shownValue(state, 'categories'))
  return unique(listMembers(state).reduce((all, member) => (member.diedOn ? all : all.concat(list(member.values['categories']))), own)).sort()
}

interface Address { village_id?: unknown; village_name?: unknown; group_no?: unknown; door?: unknown }

/** Village, group and door as one text, as it is written on paper: 上坪村3组12号. */
export function addressLine(address: Address | null | undefined): string {
  if (!address) return ''
  const group = text(address.group_no)
  return text(address.village_name) + (/^\d+$/.test(group) ? `${group}组` : group) + text(address.door)
}

function latest(a: string | null, b: string | null): string | null {
  return a && b ? (a > b ? a : b) : a || b
}

function date(value: unknown): string | null {
  return isRealDate(value) ? value : null
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function unique(values: string[]): string[] {
  return values.filter((value, place) => values.indexOf(value) === place)
}
