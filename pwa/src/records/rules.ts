/** Merge rules of each kind, generated from `schemas/`. The engine reads these and knows no field by name. */
import data from './generated/rules.json'
import type { Policy } from './shapes'

export interface MergeRule { policy: Policy; order?: string[]; group?: boolean }
export interface SectionRule { name?: string; pins: string[]; exempt?: string[]; steps: string[] }
export interface CollectionRule { fields: { [field: string]: MergeRule }; section?: SectionRule }
export interface MergeRules {
  kind: string
  version: number
  fields: { [field: string]: MergeRule }
  collections: { [collection: string]: CollectionRule }
  sections: { [section: string]: SectionRule }
  duties: string[]
}

const RULES = data as unknown as { [kind: string]: MergeRules }

/** Rules of a kind; throws for a kind that this app does not know. */
export function getRules(kind: string): MergeRules {
  const rules = RULES[kind]
  if (!rules) throw new Error(`unknown kind ${kind}`)
  return rules
}

export function listRules(): { [kind: string]: MergeRules } {
  return RULES
}
