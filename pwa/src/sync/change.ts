/**
 * The change: one atomic save by one person on one device (PROTOCOL.md 2 and 3). Makes bodies, reads and checks
 * transported ones, computes ids. Signing is in `signatures.ts`; what a change does to a file is in `fold.ts`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { canonicalize, parseCanonical, type Json } from './canonical'
import { SyncError } from './errors'
import { checkShape, each, integer, isHex, isPlain, oneOf, optionalNull, text, tupleOf, type Shape } from './shapes'
import { compareDots, covers, type Base, type Dot } from './versions'

export const ACTS = ['save', 'resolve', 'submit', 'approve', 'return', 'withdraw', 'transfer', 'void', 'merge'] as const
export type Act = (typeof ACTS)[number]

/** `path` is `field`, `collection/<id>` or `collection/<id>/field`; that of an `append` is the collection. */
export type Operation =
  | { op: 'set'; path: string; value: Json }
  | { op: 'add' | 'remove'; path: string; value: string | number }
  | { op: 'append'; path: string; id: string; value: { [field: string]: Json } }
  | { op: 'void' | 'restore'; path: string }

/** Which content of which section a submit, approve, return or withdraw speaks of, under which schema version. */
export interface About {
  section: string
  content: string
  schema: number
  step?: number
  remarks?: { [path: string]: string }
}

/** The body of a change, key for key. Unknown keys of a newer version stay in it. */
export interface Change {
  type: 'change'
  v: 1
  suite: 1
  deployment: string
  station: string
  scope: string
  file: string
  kind: string
  replica: string
  seq: number
  prev: string | null
  base: Base
  seen: string | null
  schema: number
  at: number
  server_at: number
  person: string
  epoch: number
  act: Act
  ops: Operation[]
  salt: string
  reason?: string
  about?: About
  /** Id of the fork or returned change whose words its author enters again as her own (C-8). */
  reissues?: string
}

/** A signed document as it travels: the canonical text itself, and r‖s (64 bytes) in base64url. */
export interface Envelope { body: string; sig: string }

export const VOID_FIELD = '$void'
const BODY_BYTES_MAX = 65536
const OPERATIONS_MAX = 500
const REASON_CHARACTERS_MAX = 2000
const SEQ_MAX = 1000000
const SCHEMA_MAX = 1000000

const NAME = /^[a-z][a-z0-9_]{0,39}$/
const FIELD_PATH = /^[a-z][a-z0-9_]{0,39}(\/[0-9a-f]{32}\/[a-z][a-z0-9_]{0,39})?$/
const ELEMENT_PATH = /^[a-z][a-z0-9_]{0,39}\/[0-9a-f]{32}$/
const SECTION_PATH = /^[a-z][a-z0-9_]{0,39}(\/[0-9a-f]{32})?$/

/** The body of a new change. `type`, `v` and `suite` are ours to say; clock and salt come in like everything else. */
export function makeChange(parts: Omit<Change, 'type' | 'v' | 'suite'>): Change {
  const body: Change = { type: 'change', v: 1, suite: 1, ...parts }
  if (body.reason === undefined) delete body.reason
  if (body.about === undefined) delete body.about
  if (body.reissues === undefined) delete body.reissues
  checkBody(body)
  return body
}

/** The canonical text of a body: what is signed, hashed and sent. */
export function bodyText(body: Change): string {
  return checkSize(canonicalize(body))
}

/** Of the transported text itself, never of a text made again (V-5): 64 hex digits. */
export function changeId(body: string): string {
  return sha256Hex(body)
}

/** Reads and checks a transported body; throws `not_canonical`, `malformed` or `too_large`. Not the signature. */
export function readChange(body: string): Change {
  const value = parseCanonical(checkSize(body))
  checkBody(value)
  return value as unknown as Change
}

export function dotOf(change: { replica: string; seq: number }): Dot {
  return [change.replica, change.seq]
}

/** `collection/<id>` of a path in an element, null for a root field or a bare collection. */
export function elementOf(path: string): string | null {
  const parts = path.split('/')
  return parts.length > 1 ? parts[0] + '/' + parts[1] : null
}

const ID = text(32, 32, /^[0-9a-f]*$/)
const HASH = text(64, 64, /^[0-9a-f]*$/)
const NAME_SHAPE = text(1, 40, NAME)
const SEQ = integer(1, SEQ_MAX)

const BODY: Shape = {
  type: oneOf('change'),
  v: oneOf(1),
  suite: oneOf(1),
  deployment: ID,
  station: ID,
  scope: ID,
  file: ID,
  kind: NAME_SHAPE,
  replica: ID,
  seq: SEQ,
  prev: optionalNull(HASH),
  base: { vector: each(SEQ, { key: ID }), except: each(tupleOf([ID, SEQ])) },
  seen: optionalNull(HASH),
  schema: integer(1, SCHEMA_MAX),
  at: integer(0),
  server_at: integer(0),
  person: ID,
  epoch: integer(0),
  act: NAME_SHAPE,
  ops: each({ op: NAME_SHAPE, path: text(1, 120) }, { maximum: OPERATIONS_MAX }),
  salt: ID,
  'reason?': text(0, REASON_CHARACTERS_MAX),
  'reissues?': HASH,
  'about?': {
    section: text(1, 120),
    content: HASH,
    schema: integer(1, SCHEMA_MAX),
    'step?': integer(1, 3),
    'remarks?': each(text(0, REASON_CHARACTERS_MAX), { key: text(1, 120) }),
  },
}

/** Throws `malformed` unless `value` is a change of version 1. Unknown keys and acts pass (F-10). */
export function checkBody(value: unknown): void {
  checkShape(value, BODY)
  const body = value as Change
  checkBase(body)
  demand((body.prev === null) === (body.seq === 1), '`prev` is null at seq 1 and only there.', 'prev')
  if (['submit', 'approve', 'return', 'withdraw'].indexOf(body.act) >= 0) {
    if (!body.about) throw new SyncError('malformed', 'about', 'This act needs `about`.')
    demand(SECTION_PATH.test(body.about.section), 'This is no section.', 'about/section')
    demand((body.act === 'approve') === 'step' in body.about, '`step` belongs to approve, and to nothing else.', 'about/step')
  }
  const targets: { [target: string]: true } = {}
  body.ops.forEach((operation, index) => {
    const touched = checkOperation(operation as unknown as { [key: string]: Json }, 'ops/' + index)
    demand(!touched.some(target => targets[target]), 'Two operations of the change have the same path.', 'ops/' + index + '/path')
    for (const target of touched) targets[target] = true
  })
}

function checkBase(body: Change): void {
  const { vector, except } = body.base
  except.forEach((dot, index) => {
    demand(index === 0 || compareDots(except[index - 1] as Dot, dot) < 0, '`except` is sorted and names a dot once.', 'base/except')
  })
  demand(except.every(dot => covers({ vector, except: [] }, dot)), '`except` names a dot above the vector.', 'base/except')
  demand(!covers({ vector, except: [] }, dotOf(body)), 'A change never covers itself or a later one of its replica.', 'base/vector')
}

/** Checks one operation; returns the targets that C-5 allows once in a change. */
function checkOperation(operation: { [key: string]: Json }, place: string): string[] {
  const op = operation.op as string
  const path = operation.path as string
  const value = operation.value
  if (op === 'set' || op === 'add' || op === 'remove') {
    demand(FIELD_PATH.test(path), 'This is no path of a field.', place + '/path')
    demand(value !== undefined, 'The operation needs a value.', place + '/value')
    if (op === 'set') return [path]
    demand(typeof value === 'string' || typeof value === 'number', 'A union holds text or integers.', place + '/value')
    return [path + '\n' + canonicalize(value)]
  }
  if (op === 'append') {
    demand(NAME.test(path), 'This is no path of a collection.', place + '/path')
    demand(isHex(operation.id, 32), 'The operation needs the id of the element.', place + '/id')
    const fields = isPlain(value) ? Object.keys(value) : null
    if (!fields || !fields.every(name => NAME.test(name))) throw new SyncError('malformed', place + '/value', 'The operation needs the first values of the element.')
    return [VOID_FIELD].concat(fields).map(name => path + '/' + operation.id + '/' + name)
  }
  demand(op === 'void' || op === 'restore', 'Version 1 does not know this operation.', place + '/op')
  demand(ELEMENT_PATH.test(path), 'This is no path of an element.', place + '/path')
  return [path + '/' + VOID_FIELD]
}

function demand(holds: boolean, detail: string, path: string): void {
  if (!holds) throw new SyncError('malformed', path, detail)
}

function checkSize(body: string): string {
  if (utf8(body).length > BODY_BYTES_MAX) throw new SyncError('too_large', '', 'The change is larger than ' + BODY_BYTES_MAX + ' bytes.')
  return body
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** SHA-256 of the text's UTF-8, as 64 hex digits. Synchronous, because a fold is; WebCrypto's is not. */
export function sha256Hex(text: string): string {
  return hex(sha256(utf8(text)))
}

export function hex(bytes: Uint8Array): string {
  let found = ''
  for (const byte of bytes) found += (byte < 16 ? '0' : '') + byte.toString(16)
  return found
}
