/**
 * What the station set for itself, as its signed policy tells it: the county's figures and offices, its visit rules, its own instruments.
 * The device says what holds (`useLocalRules`); rules and screens read it here. Nothing set: the shipped rules hold.
 */
import type { Instrument } from './forms/shapes'
import type { VisitRules } from './due'

/** `amounts` by the names of the policy rules' parameters, in their smallest unit; `offices` by policy. */
export interface County { county: string; basis: string; valid_from: string; valid_to: string; amounts: { [name: string]: number }; offices: { [policy: string]: string } }
export interface LocalVisits { basis: string; valid_from: string; valid_to?: string; step_days?: { [step: string]: number }; rules: VisitRules }
export interface LocalRules { version: number; county?: County; visits?: LocalVisits; instruments?: (Instrument & { withdrawn?: boolean })[] }

/** For whole villages (ids), told by who decides there: every household in them is to be visited at home from `on` until it has passed. */
export interface Warning { id: string; kind: string; on: string; until: string; villages: string[]; note: string }

let held: LocalRules = { version: 0 }
let warned: readonly Warning[] = []

export function useLocalRules(rules: LocalRules | undefined, warnings: readonly Warning[] = []): void {
  held = rules ?? { version: 0 }
  warned = warnings
}

export function localRules(): LocalRules {
  return held
}

export function localWarnings(): readonly Warning[] {
  return warned
}
