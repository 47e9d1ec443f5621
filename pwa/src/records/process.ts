/**
 * Where a case stands in the six steps; mirror of schemas/process, held to it by tests/vectors/process.json. Worked out from the
 * records themselves: nobody writes a step down twice.
 */
import { holds } from './forms/expression'
import data from './generated/process.json'
import { localVisitsOn } from './localOn'
import { day, isApproved, readElements as read, shownValue, text, texts } from './people'
import type { FoldedLike, Words } from './shapes'

export interface Condition { that: string; label: Words }
export interface ProcessStep { id: string; forms: string[]; days: number; lasting?: boolean; conditions: Condition[]; entry?: Condition[] }
export type StepState = 'done' | 'current' | 'owed' | 'skipped' | 'ahead'
/** `missing`: numbers of the step's conditions that do not hold. */
export interface StepStanding { id: string; state: StepState; enteredOn: string | null; days: number | null; missing: number[]; reason: string | null }
export interface Standing { current: string | null; roundFrom: string | null; stuckDays: number; steps: StepStanding[] }

interface ProcessData { steps: ProcessStep[]; dates: { [collection: string]: string }; step_of: { [collection: string]: string } }
type Element = { [field: string]: unknown }

export const PROCESS = data as unknown as ProcessData
const DAY = 86_400_000

/** The day the present round began: the first accepted intake after the last approved closure; null in the first round. */
export function findRound(state: FoldedLike): string | null {
  const closed = read(state, 'closures').filter((one) => isApproved(state, `closures/${one['id']}`)).map((one) => day(one['closed_on'])).filter(Boolean).sort() as string[]
  const last = closed[closed.length - 1]
  if (!last) return null
  const later = read(state, 'intakes').filter((one) => one['decision'] === 'accept').map((one) => day(one['received_on'])).filter((on) => on && on > last).sort() as string[]
  return later[0] ?? null
}

/** What conditions read: records of this round, how many approved, and whether the family agreed or a legal basis stands. */
export function countRecords(state: FoldedLike, since: string | null): { [name: string]: number | boolean } {
  const counts: { [name: string]: number | boolean } = {}
  for (const collection of Object.keys(PROCESS.dates)) {
    const found = ofRound(state, collection, since)
    counts[collection] = found.length
    counts[`${collection}_approved`] = found.filter((one) => isApproved(state, `${collection}/${one['id']}`)).length
  }
  counts['intakes_accepted'] = ofRound(state, 'intakes', since).filter((one) => one['decision'] === 'accept').length
  const consents = read(state, 'consents')
  counts['agreed'] = shownValue(state, 'consent') === 'given' || Boolean(text(shownValue(state, 'legal_basis'))) || consents.some((one) => one['state'] === 'given' || Boolean(text(one['legal_basis'])))
  const visited = ofRound(state, 'follow_ups', since).filter((one) => one['outcome'] !== 'not_met').map((one) => text(one['round']))
  const rounds = ofRound(state, 'closures', since).reduce<string[]>((all, one) => all.concat(texts(one['follow_up_rounds'])), [])
  counts['rounds_left'] = rounds.filter((one, place) => rounds.indexOf(one) === place && visited.indexOf(one) < 0).length
  return counts
}

/** Why a step may not be entered without a reason: its own entry conditions and those of the steps before it. Empty when it may. */
export function missingFor(state: FoldedLike, stepId: string): { key: string; label: Words }[] {
  const since = findRound(state)
  const counts = countRecords(state, since)
  const { skipped } = entries(state, since)
  const missing: { key: string; label: Words }[] = []
  for (const step of PROCESS.steps) {
    if (step.id === stepId) return missing.concat((step.entry ?? []).map((one, n) => ({ one, n })).filter(({ one }) => !holds(one.that, counts)).map(({ one, n }) => ({ key: `entry/${n}`, label: one.label })))
    if (skipped[step.id] === undefined) for (const n of missingOf(step, counts)) missing.push({ key: `${step.id}/${n}`, label: (step.conditions[n] as Condition).label })
  }
  return missing
}

/** How many days a step may take: the station's own word, else the shipped one. */
export function daysAllowed(step: string, today: string): number {
  return localVisitsOn(today)?.step_days?.[step] ?? PROCESS.steps.find((one) => one.id === step)!.days
}

/** The step a case stands at, since when, and how many days it may take; null before it begins and after it is over. */
export function currentStep(state: FoldedLike, today: string): { id: string; since: string; days: number } | null {
  const current = readProcess(state, today).steps.find((one) => one.state === 'current')
  return current?.enteredOn ? { id: current.id, since: current.enteredOn, days: daysAllowed(current.id, today) } : null
}

/** The standing of the present round on `today`. */
export function readProcess(state: FoldedLike, today: string): Standing {
  const since = findRound(state)
  const counts = countRecords(state, since)
  const { entered, skipped } = entries(state, since)
  const order = PROCESS.steps.map((step) => step.id)
  const missing = PROCESS.steps.map((step) => missingOf(step, counts))
  const last = order.reduce((found, step, place) => (entered[step] ? place : found), -1)
  let at = last
  if (last >= 0 && !missing[last]!.length && !PROCESS.steps[last]!.lasting) {
    at = order.findIndex((step, place) => place > last && skipped[step] === undefined)
    if (at < 0) at = order.length
  }
  const steps = PROCESS.steps.map((step, place): StepStanding => {
    const reached = stateOf(place, at, last, missing[place]!.length > 0, skipped[step.id] !== undefined)
    const on = entered[step.id] ?? (reached === 'current' ? begun(order, entered, place) : null)
    return { id: step.id, state: reached, enteredOn: on, days: on ? elapsed(order, entered, place, on, place === at ? today : null) : null, missing: missing[place]!, reason: skipped[step.id] ?? null }
  })
  const current = steps.find((one) => one.state === 'current')
  const over = current ? (current.days ?? 0) - daysAllowed(current.id, today) : 0
  return { current: current ? current.id : null, roundFrom: since, stuckDays: Math.max(0, over), steps }
}

function stateOf(place: number, at: number, last: number, isMissing: boolean, isSkipped: boolean): StepState {
  if (last < 0) return 'ahead'
  if (place === at) return 'current'
  if (!isMissing && place <= last) return 'done'
  if (isSkipped) return 'skipped'
  return place < last ? 'owed' : 'ahead'
}

function missingOf(step: ProcessStep, counts: { [name: string]: number | boolean }): number[] {
  return step.conditions.map((one, n) => (holds(one.that, counts) ? -1 : n)).filter((n) => n >= 0)
}

function ofRound(state: FoldedLike, collection: string, since: string | null): Element[] {
  return read(state, collection).filter((one) => !since || (day(one[PROCESS.dates[collection] as string]) ?? since) >= since)
}

/** Step -> the day it was first entered, and step -> the reason for which it was left out; leaving out needs its reason. */
function entries(state: FoldedLike, since: string | null): { entered: { [step: string]: string }; skipped: { [step: string]: string } } {
  const entered: { [step: string]: string } = {}
  const skipped: { [step: string]: string } = {}
  const enter = (step: string, on: string): void => { if (!entered[step] || on < entered[step]!) entered[step] = on }
  for (const one of read(state, 'steps')) {
    const on = day(one['entered_on'])
    if (!on || (since && on < since)) continue
    if (one['skipped'] !== true) enter(text(one['step']), on)
    else if (text(one['reason'])) skipped[text(one['step'])] = text(one['reason'])
  }
  for (const collection of Object.keys(PROCESS.step_of)) {
    for (const one of ofRound(state, collection, since)) {
      const on = day(one[PROCESS.dates[collection] as string])
      if (on) enter(PROCESS.step_of[collection] as string, on)
    }
  }
  return { entered, skipped }
}

/** A step for which nothing was written yet began when the last one before it was entered. */
function begun(order: string[], entered: { [step: string]: string }, place: number): string | null {
  const before = order.slice(0, place).map((step) => entered[step]).filter(Boolean).sort() as string[]
  return before[before.length - 1] ?? null
}

/** Days from entering a step until a later one was entered, or until today; null where neither is known. */
function elapsed(order: string[], entered: { [step: string]: string }, place: number, on: string, today: string | null): number | null {
  const later = order.slice(place + 1).map((step) => entered[step]).filter((other) => other && other >= on).sort() as string[]
  const until = later[0] ?? today
  return until ? Math.max(0, (Date.parse(until) - Date.parse(on)) / DAY) : null
}
