/** Descriptions of kinds and fields: labels, types, code lists, limits. */
import data from './generated/kinds.json'
import type { FieldDescription, KindDescription } from './shapes'

const KINDS = data as unknown as { [kind: string]: KindDescription }

/** Description of a kind; throws for a kind that this app does not know. */
export function getKind(kind: string): KindDescription {
  const found = KINDS[kind]
  if (!found) throw new Error(`unknown kind ${kind}`)
  return found
}

/**
 * The field at `field` or `collection/<id>/field`, or null where nothing is declared (it may come from a newer app). A part of a group is
 * named after a dot, as problems name it: `members/<id>/disability.grade`.
 */
export function findField(kind: string, path: string): FieldDescription | null {
  const description = KINDS[kind]
  if (!description) return null
  const parts = path.split('/')
  const fields = parts.length === 1 ? description.fields : parts.length === 3 ? own(description.collections, parts[0])?.fields : undefined
  const [name, part] = (parts[parts.length - 1] as string).split('.')
  const field = own(fields, name) ?? null
  return part === undefined || !field ? field : (own(field.parts, part) ?? null)
}

/** Fields of a collection, or of the root for ''; in declared order. */
export function fieldsOf(kind: string, collection: string): { [name: string]: FieldDescription } {
  const description = getKind(kind)
  return collection ? (own(description.collections, collection)?.fields ?? {}) : description.fields
}

function own<T>(table: { [key: string]: T } | undefined, key: string | undefined): T | undefined {
  return table && key !== undefined && Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined
}
