/**
 * The narrow value space and its one text form (PROTOCOL.md V-1 to V-5). Written out rather than taken from a JCS
 * package: without floats RFC 8785 is sorted keys and `JSON.stringify` of each text, and the check of the value space,
 * which no package makes, needs the same walk.
 */
import { SyncError } from './errors'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject { [key: string]: Json }

const DEPTH_MAX = 16
const KEY = /^[\x20-\x7e]{1,120}$/
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** RFC 8785 text of `value`; throws `not_canonical` for anything outside V-1 and V-2. */
export function canonicalize(value: unknown): string {
  return write(value, '$', 0)
}

function write(value: unknown, at: string, depth: number): string {
  if (value === null || value === true || value === false) return String(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw refuse(at, 'a number that is no safe integer')
    return String(value)
  }
  if (typeof value === 'string') return writeText(value, at)
  if (typeof value !== 'object') throw refuse(at, 'a value that JSON does not have')
  if (depth >= DEPTH_MAX) throw refuse(at, 'nesting deeper than ' + DEPTH_MAX)
  if (Array.isArray(value)) {
    const items = []
    for (let i = 0; i < value.length; i++) items.push(write(value[i], at + '[' + i + ']', depth + 1))
    return '[' + items.join(',') + ']'
  }
  const source = value as Record<string, unknown>
  const parts = []
  // Keys are ASCII, so the default order by UTF-16 unit is the order that RFC 8785 asks for.
  for (const key of Object.keys(source).sort()) {
    if (!KEY.test(key)) throw refuse(at, 'a key that is not 1 to 120 printable ASCII characters')
    parts.push(JSON.stringify(key) + ':' + write(source[key], at + '.' + key, depth + 1))
  }
  return '{' + parts.join(',') + '}'
}

function writeText(text: string, at: string): string {
  if (LONE_SURROGATE.test(text)) throw refuse(at, 'a lone surrogate')
  if (text.normalize('NFC') !== text) throw refuse(at, 'text outside NFC')
  return JSON.stringify(text)
}

function refuse(at: string, what: string): SyncError {
  return new SyncError('not_canonical', at, 'At ' + at + ': ' + what + '.')
}

/**
 * Reads a transported text. The text must equal the canonical form of what it parses to, which also catches what
 * `JSON.parse` hides: duplicate keys, floats written as integers, escapes, white space, a key named `__proto__`.
 */
export function parseCanonical(text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (_) {
    throw refuse('$', 'not JSON')
  }
  if (canonicalize(value) !== text) throw refuse('$', 'text differs from the canonical form of its content')
  return value
}

/** Byte order of UTF-8, which is code point order; `<` on strings orders by UTF-16 unit and differs above U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    let x = a.charCodeAt(i)
    let y = b.charCodeAt(i)
    if (x === y) continue
    // Units of a surrogate pair stand for points above every other unit.
    if (x >= 0xd800 && x <= 0xdfff) x += 0x10000
    if (y >= 0xd800 && y <= 0xdfff) y += 0x10000
    return x < y ? -1 : 1
  }
  return a.length - b.length
}
