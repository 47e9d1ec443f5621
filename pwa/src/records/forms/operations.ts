/**
 * From what a form shows to operations: a save writes only what the person changed. Absent: not asked, nothing is written;
 * null: asked, no answer, is written. A `union` field is changed element by element.
 */
import { getRules } from '../rules'
import type { FormDescription, FormValues } from './shapes'

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }
export type FormOperation =
  | { op: 'set'; path: string; value: Plain }
  | { op: 'add' | 'remove'; path: string; value: string | number }
  | { op: 'append'; path: string; id: string; value: { [field: string]: Plain } }

/** Operations of a new element of `collection` (or of root fields for ''), and of the elements its `of` fields make. */
export function operationsForNew(form: FormDescription, values: FormValues, newId: () => string, id?: string): FormOperation[] {
  const own: { [field: string]: Plain } = {}
  const others: { [collection: string]: { [field: string]: Plain } } = {}
  for (const key of Object.keys(values)) {
    if (values[key] === undefined) continue
    const dot = key.indexOf('.')
    const target = dot < 0 ? own : (others[key.slice(0, dot)] ??= {})
    target[key.slice(dot + 1)] = values[key] as Plain
  }
  const operations: FormOperation[] = form.collection
    ? [{ op: 'append', path: form.collection, id: id ?? newId(), value: own }]
    : changeOperations(form.kind, '', {}, own)
  for (const collection of Object.keys(others)) {
    operations.push({ op: 'append', path: collection, id: newId(), value: others[collection] as { [field: string]: Plain } })
  }
  return operations
}

/** Operations that turn `before` into `after` at `element` (`collection/<id>`, or '' for the root). */
export function changeOperations(kind: string, element: string, before: FormValues, after: FormValues): FormOperation[] {
  const rules = getRules(kind)
  const fields = element ? (rules.collections[element.slice(0, element.indexOf('/'))]?.fields ?? {}) : rules.fields
  const operations: FormOperation[] = []
  for (const name of Object.keys(after)) {
    const value = after[name]
    if (value === undefined) continue
    const path = element ? `${element}/${name}` : name
    if (fields[name]?.policy === 'union') operations.push(...setChanges(path, before[name], value))
    else if (!isSame(before[name], value)) operations.push({ op: 'set', path, value: value as Plain })
  }
  return operations
}

function setChanges(path: string, before: unknown, after: unknown): FormOperation[] {
  const old = elements(before)
  const now = elements(after)
  return [
    ...now.filter((value) => old.indexOf(value) < 0).map((value) => ({ op: 'add' as const, path, value })),
    ...old.filter((value) => now.indexOf(value) < 0).map((value) => ({ op: 'remove' as const, path, value })),
  ]
}

function elements(value: unknown): (string | number)[] {
  return Array.isArray(value) ? (value as (string | number)[]) : []
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, place) => isSame(item, b[place]))
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) || Array.isArray(b)) return false
  const left = a as { [key: string]: unknown }
  const right = b as { [key: string]: unknown }
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => isSame(left[key], right[key]))
}
