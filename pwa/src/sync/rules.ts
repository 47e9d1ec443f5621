/**
 * The merge rules of a kind as the engine reads them: policies, collections, sections, duties. Data from `schemas/`;
 * the engine knows no field, no section and no duty by name.
 */
import { VOID_FIELD } from './change'
import type { Json } from './canonical'
import { has } from './versions'

export type Policy = 'latest' | 'union' | 'max' | 'min' | 'safest' | 'review' | 'authority' | 'once'
/** How several values of one field are brought together; `order` is most protective first (`safest`). */
export interface FieldRule { policy: Policy; order?: string[]; group?: boolean }
/** Which fields an approval pins, and which duties decide, step by step (1 to 3). */
export interface SectionRule { name?: string; pins: string[]; exempt?: string[]; steps: string[] }
export interface CollectionRule { fields: { [field: string]: FieldRule }; section?: SectionRule | null }
/** The rules of one version of one kind. `duties` highest first. */
export interface Rules {
  kind: string
  version: number
  fields: { [field: string]: FieldRule }
  collections: { [collection: string]: CollectionRule }
  sections: { [section: string]: SectionRule }
  duties: string[]
}

const UNKNOWN_FIELD: FieldRule = { policy: 'latest' }
const VOID_RULE: FieldRule = { policy: 'review' }
/** Where a file lives and what it absorbs: `$scope`, `$merged/<file>`. */
export const PLACE_RULE: FieldRule = { policy: 'review' }

/** The own property `key` of a table of rules; a field named like a property of every object is not one. */
function find<T>(table: { [key: string]: T } | undefined, key: string): T | undefined {
  return table && has(table, key) ? table[key] : undefined
}

/** Rule of a register; a field that these rules do not know folds as `latest` (F-10). */
export function fieldRule(rules: Rules, path: string): FieldRule {
  const parts = path.split('/')
  const last = parts[parts.length - 1] as string
  if (last === VOID_FIELD) return VOID_RULE
  if (path[0] === '$') return PLACE_RULE
  if (parts.length === 1) return find(rules.fields, path) || UNKNOWN_FIELD
  const collection = find(rules.collections, parts[0] as string)
  return (collection && find(collection.fields, last)) || UNKNOWN_FIELD
}

/** Rule of the section at `basics` or `assessments/<id>`; null where there is no section. */
export function findSection(rules: Rules, path: string): SectionRule | null {
  const slash = path.indexOf('/')
  if (slash < 0) return find(rules.sections, path) || null
  const collection = find(rules.collections, path.slice(0, slash))
  return (collection && collection.section) || null
}

/** Full paths of the section's pinned fields. */
export function pinnedPaths(section: string, rule: SectionRule): string[] {
  return rule.pins.map(name => (section.indexOf('/') >= 0 ? section + '/' + name : name))
}

/** Full paths of the section's `safest` fields: a move to a more protective value makes an approval stale. */
export function safestPaths(rules: Rules, section: string, rule: SectionRule): string[] {
  const slash = section.indexOf('/')
  if (slash < 0) return rule.pins.concat(rule.exempt || []).filter(name => fieldRule(rules, name).policy === 'safest')
  const fields = (rules.collections[section.slice(0, slash)] as CollectionRule).fields
  return Object.keys(fields).filter(name => (fields[name] as FieldRule).policy === 'safest').map(name => section + '/' + name)
}

/** Place of a value in the rule's `order`; a value that it does not name is the least protective. */
export function protectionRank(rule: FieldRule, value: Json): number {
  const order = rule.order || []
  const place = typeof value === 'string' ? order.indexOf(value) : -1
  return place < 0 ? order.length : place
}
