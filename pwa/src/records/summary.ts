/** One line of the household list from a folded file: the part of the device's HouseholdSummary that the file itself knows. Pure. */
import { categorySensitivity } from './codes'
import { findDue, PAPER, visitRulesOn, type Due, type VisitFacts, type VisitRules } from './due'
import { warningsOn } from './localOn'
import { day, isApproved, isHead, listMembers, readElements, shownValue, text, texts } from './people'
import { currentStep } from './process'
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
  /** The last time somebody went and met nobody, where that is later than the last visit. */
  missedOn?: string
  /** The last time somebody was at their home, where a call or another contact came later; '' for never. */
  homeOn?: string
  /** Whose household it is: the plan's responsible person, else the one the deputy named. */
  worker?: string
  /** The number that the deputy gave it; the number of the station's log stands in the line. */
  fileNumber?: string
  /** Where it is: degrees x 10^7. */
  at?: [number, number]
  /** The step the case stands at, since when, and how many days it may take. */
  step?: { id: string; since: string; days: number }
}

const RESTRICTED = 3 // of sensitivity: never a word in a list
const RISKS = ['red', 'yellow', 'blue', 'green']

/**
 * `today` only decides for a household of which nothing is known yet: it is due at once. Restricted categories are left out of the line,
 * and still count for when the household is due.
 */
export function summarize(state: FoldedLike, today: string, rules: VisitRules = visitRulesOn(today)): Summary {
  const members = listMembers(state)
  const head = members.find(isHead) ?? members[0]
  const address = shownValue(state, 'address') as Address | null | undefined
  const facts = visitFacts(state, today, rules)
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
    ...(facts.lastContactOn && facts.lastContactOn > (facts.lastHomeOn ?? '') ? { homeOn: facts.lastHomeOn ?? '' } : {}),
    ...more(state, today, latest(facts.lastHomeOn, facts.lastContactOn)),
  }
}

function more(state: FoldedLike, today: string, lastOn: string | null): Partial<Summary> {
  const found: Partial<Summary> = {}
  const missed = readElements(state, 'visits').filter((one) => one['outcome'] === 'not_met').reduce<string | null>((last, one) => latest(last, day(one['visited_on'])), null)
  if (missed && (!lastOn || missed > lastOn)) found.missedOn = missed
  const worker = text(planInForce(state, today)?.['responsible']) || text(shownValue(state, 'responsible_worker'))
  if (worker) found.worker = worker
  const number = text(shownValue(state, 'file_number'))
  if (number) found.fileNumber = number
  const at = positionOf(state)
  if (at) found.at = at
  const step = currentStep(state, today)
  if (step) found.step = step
  return found
}

/** Of the address; else where the last visit was recorded. */
function positionOf(state: FoldedLike): [number, number] | null {
  const visits = readElements(state, 'visits').sort((a, b) => (text(a['visited_on']) < text(b['visited_on']) ? 1 : -1))
  for (const one of [shownValue(state, 'address'), ...visits.map((visit) => visit['place'])]) {
    const { lat_e7: lat, lng_e7: lng } = (one ?? {}) as { lat_e7?: unknown; lng_e7?: unknown }
    if (typeof lat === 'number' && typeof lng === 'number') return [lat, lng]
  }
  return null
}

/** The last day on which somebody was at their home. */
export function homeOf(line: Pick<Summary, 'lastVisitOn' | 'homeOn'>): string | null {
  return line.homeOn === undefined ? line.lastVisitOn : line.homeOn || null
}

/** Next due date of a folded household with its reason: by its own file, and by the warnings for its village. */
export function dueOf(state: FoldedLike, today: string, rules: VisitRules = visitRulesOn(today)): Due | null {
  const facts = visitFacts(state, today, rules)
  const village = text((shownValue(state, 'address') as Address | null | undefined)?.village_id)
  const warned = warningsOn(today).filter((one) => one.villages.indexOf(village) >= 0)
  return findDue({ ...facts, events: (facts.events ?? []).concat(warned.map(({ kind, on }) => ({ kind, on }))) }, rules, today)
}

/** What the visit rules look at; mirror of `read_facts`. A visit counts when somebody was met; one without an outcome counts as met. */
export function visitFacts(state: FoldedLike, today: string, rules: VisitRules = visitRulesOn(today)): VisitFacts {
  const lastByWay: { [way: string]: string } = {}
  const paper = day(shownValue(state, 'last_contact_on'))
  if (paper) lastByWay[PAPER] = paper
  for (const visit of readElements(state, 'visits')) {
    const on = day(visit['visited_on'])
    const way = text(visit['method']) || 'home'
    if (on && visit['outcome'] !== 'not_met') lastByWay[way] = latest(lastByWay[way] ?? null, on) as string
  }
  const lastBy = (ways: string[]) => ways.concat(PAPER).reduce<string | null>((last, way) => latest(last, lastByWay[way] ?? null), null)
  const plan = planInForce(state, today)
  const risk = readRisk(state)
  const closures = readElements(state, 'closures').filter((one) => isApproved(state, `closures/${one['id']}`))
  return {
    categories: householdCategories(state, today),
    riskLevel: risk.level,
    riskOn: risk.since,
    fileState: text(shownValue(state, 'file_state')) || null,
    lastHomeOn: lastBy(rules.ways_home),
    lastContactOn: lastBy(rules.ways_contact),
    lastByWay,
    agreedOn: day(shownValue(state, 'next_visit_on')),
    since: day(shownValue(state, 'opened_on')),
    planSince: plan ? day(plan['starts_on']) : null,
    planHomeDays: count(plan, 'visit_every_days'),
    planContactDays: count(plan, 'contact_every_days'),
    events: readElements(state, 'events')
      .filter((one) => day(one['happened_on']) && one['no_visit_needed'] !== true)
      .map((one) => ({ kind: text(one['kind']), on: text(one['happened_on']) }))
      .sort((a, b) => (a.kind + a.on < b.kind + b.on ? -1 : 1)),
    closedOn: closures.reduce<string | null>((last, one) => latest(last, day(one['closed_on'])), null),
  }
}

/** Codes of the household and its living members, each once: those written plainly and those assigned, without the ended ones. */
export function householdCategories(state: FoldedLike, today: string): string[] {
  const held: { [owner: string]: string[] } = { '': texts(shownValue(state, 'categories')) }
  for (const member of listMembers(state)) if (!member.diedOn) held[member.id] = texts(member.values['categories'])
  const ended: [string, string][] = []
  const running: [string, string][] = []
  for (const one of readElements(state, 'category_assignments')) {
    const [owner, code, starts, ends] = [text(one['member']), text(one['category']), text(one['starts_on']), text(one['ends_on'])]
    if (!held[owner] || !code) continue
    if (ends && ends < today.slice(0, ends.length)) ended.push([owner, code])
    else if (!starts || starts <= today.slice(0, starts.length)) running.push([owner, code])
  }
  for (const [owner, code] of ended) held[owner] = (held[owner] as string[]).filter((one) => one !== code)
  for (const [owner, code] of running) (held[owner] as string[]).push(code)
  return unique(Object.keys(held).reduce<string[]>((all, owner) => all.concat(held[owner] as string[]), [])).sort()
}

/** `level`: what counts now. `pending`: the id of the review that waits for a second person, and what it would make of the level. */
export interface Risk { level: RiskLevel | null; since: string | null; pending: string | null; pendingLevel: RiskLevel | null }

/** Red counts at once, any other level when it is no lowering or a second person has confirmed it (the last review decides). */
export function readRisk(state: FoldedLike): Risk {
  const isRisk = (value: string): value is RiskLevel => RISKS.indexOf(value) >= 0
  const written = text(shownValue(state, 'risk_level'))
  const level = isRisk(written) ? written : null
  const place = (one: { [field: string]: unknown }) => text(one['reviewed_on']) + ' ' + text(one['id'])
  const reviews = readElements(state, 'risk_reviews').filter((one) => isRisk(text(one['level']))).sort((a, b) => (place(a) < place(b) ? -1 : 1))
  const last = reviews[reviews.length - 1]
  if (!last) return { level, since: null, pending: null, pendingLevel: null }
  const proposed = text(last['level']) as RiskLevel
  const before = text(last['level_before'])
  const isAlone = !texts(last['confirmed_by']).some((person) => person !== text(last['proposed_by']))
  const lowers = isRisk(before) && RISKS.indexOf(proposed) > RISKS.indexOf(before)
  const waits = isAlone && (proposed === 'red' || lowers)
  const counts = waits && lowers ? (before as RiskLevel) : proposed
  const stricter = level && RISKS.indexOf(level) < RISKS.indexOf(counts) ? level : counts
  return {
    level: waits || proposed === 'red' ? stricter : (level ?? counts),
    since: counts === proposed ? day(last['reviewed_on']) : null,
    pending: waits ? text(last['id']) : null,
    pendingLevel: waits ? proposed : null,
  }
}

const PAUSED = ['paused', 'ended']

/** The approved plan whose days hold today, neither paused nor ended; of several the one that began last. */
export function planInForce(state: FoldedLike, today: string): { [field: string]: unknown } | null {
  const place = (one: { [field: string]: unknown }) => text(one['starts_on']) + ' ' + text(one['id'])
  const plans = readElements(state, 'plans')
    .filter((one) => isApproved(state, `plans/${one['id']}`) && PAUSED.indexOf(text(one['plan_state'])) < 0)
    .filter((one) => (day(one['starts_on']) ?? today) <= today && today <= (day(one['ends_on']) ?? today))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
  return plans[plans.length - 1] ?? null
}

function count(plan: { [field: string]: unknown } | null, name: string): number | null {
  const value = plan ? plan[name] : null
  return typeof value === 'number' && value > 0 ? value : null
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

function unique(values: string[]): string[] {
  return values.filter((value, place) => values.indexOf(value) === place)
}
