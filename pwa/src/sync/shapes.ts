/**
 * Tiny declarative shape checks for signed documents, so that Python and TypeScript refuse exactly the same ones.
 * A shape is an object of named shapes (`key?` is optional, other keys pass) or a check made by the functions here.
 */
import { SyncError } from './errors'
import { has } from './versions'

export type Check = (value: unknown, place: string) => void
export interface ShapeObject { [key: string]: Shape }
export type Shape = Check | ShapeObject

export function checkShape(value: unknown, shape: Shape, place = ''): void {
  if (typeof shape === 'function') return shape(value, place)
  if (!isPlain(value)) throw wrong(place, 'an object')
  for (const key of Object.keys(shape)) {
    const name = key.replace('?', '')
    if (has(value, name)) checkShape(value[name], shape[key] as Shape, inside(place, name))
    else if (name === key) throw wrong(inside(place, name), 'present')
  }
}

/** A text whose length in code points lies within the bounds and that matches the whole pattern. */
export function text(minimum: number, maximum: number, pattern?: RegExp): Check {
  return (value, place) => {
    const length = typeof value === 'string' ? Array.from(value).length : -1
    if (length < minimum || length > maximum) throw wrong(place, 'a text of the right length')
    if (pattern && !pattern.test(value as string)) throw wrong(place, 'in the right form')
  }
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Check {
  return (value, place) => {
    if (!Number.isSafeInteger(value) || (value as number) < minimum || (value as number) > maximum) throw wrong(place, 'an integer from ' + minimum + ' to ' + maximum)
  }
}

export function oneOf(...allowed: (string | number)[]): Check {
  return (value, place) => {
    if (allowed.indexOf(value as string) < 0) throw wrong(place, 'one of ' + allowed.join(', '))
  }
}

export function optionalNull(inner: Check): Check {
  return (value, place) => {
    if (value !== null) inner(value, place)
  }
}

/** A list of items, or with `key` an object from keys to items. */
export function each(item: Shape, options: { key?: Check; maximum?: number } = {}): Check {
  const maximum = options.maximum === undefined ? 10000 : options.maximum
  return (value, place) => {
    const entries = (options.key ? isPlain(value) : Array.isArray(value)) ? Object.entries(value as object) : null
    if (!entries || entries.length > maximum) throw wrong(place, 'at most ' + maximum + ' items')
    for (const [name, inner] of entries) {
      if (options.key) options.key(name, place)
      checkShape(inner, item, inside(place, name))
    }
  }
}

/** A list with exactly these parts, in order. */
export function tupleOf(parts: Check[]): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length !== parts.length) throw wrong(place, 'a list of ' + parts.length)
    parts.forEach((part, index) => part(value[index], inside(place, String(index))))
  }
}

export function isHex(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]*$/.test(value)
}

export function isPlain(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inside(place: string, name: string): string {
  return place ? place + '/' + name : name
}

function wrong(place: string, wanted: string): SyncError {
  return new SyncError('malformed', place, '`' + (place || 'the document') + '` is not ' + wanted + '.')
}
