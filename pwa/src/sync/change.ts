/**
 * The change: one atomic save by one person on one device (PROTOCOL.md 2 and 3). Makes bodies, reads and checks
 * transported ones, computes ids. Signing is in `signatures.ts`; what a change does to a file is in `fold.ts`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { canonicalize, parseCanonical, type Json } from './canonical'
import { SyncError } from './errors'
import { checkShape, each, integer, isHex, isPlain, oneOf, optionalNull, text, tupleOf, type Shape } from './shapes'
import { compareDots, covers, fileOf, type Base, type Dot } from './versions'

export const ACTS = ['save', 'resolve', 'submit', 'approve', 'return', 'withdraw', 'transfer', 'void', 'merge', 'unmerge'] as const
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

/** The file that a merge takes into this one, and what the form showed of it; the undoing of a merge has no base. */
export interface Merge { file: string; base?: Base }

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
  /** Of a transfer: the scope that the file moves to (C-9). */
  to?: string
  /** Of a merge and its undoing (C-10). */
  merge?: Merge
}

/** A signed document as it travels: the canonical text itself, and r‖s (64 bytes) in base64url. */
export interface Envelope { body: string; sig: string }

export const VOID_FIELD = '$void'
const BODY_BYTES_MAX = 65536
export const OPERATIONS_MAX = 500
const REASON_CHARACTERS_MAX = 2000
const SEQ_MAX = 1000000
const SCHEMA_MAX = 1000000
const FILES_NAMED_MAX = 20

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
  if (body.to === undefined) delete body.to
  if (body.merge === undefined) delete body.merge
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
const REPLICA = text(32, 65, /^[0-9a-f]{32}(@[0-9a-f]{32})?$/)
const BASE: Shape = { vector: each(SEQ, { key: REPLICA }), except: each(tupleOf([REPLICA, SEQ])) }

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
  base: BASE,
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
  'to?': ID,
  'merge?': { file: ID, 'base?': BASE },
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
  checkBase(body.base, body.file, 'base')
  demand(!covers({ vector: body.base.vector, except: [] }, dotOf(body)), 'A change never covers itself or a later one of its replica.', 'base/vector')
  checkMove(body)
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

/** `file` is whose form it was: its own dots are named plainly, and in one way only (N-7). */
function checkBase({ vector, except }: Base, file: string, place: string): void {
  const named = new Set(Object.keys(vector).map(fileOf))
  demand(!named.has(file), 'Its own dots are named without the file.', place + '/vector')
  demand(named.size <= FILES_NAMED_MAX, 'A base names at most ' + FILES_NAMED_MAX + ' files.', place + '/vector')
  except.forEach((dot, index) => {
    demand(index === 0 || compareDots(except[index - 1] as Dot, dot) < 0, '`except` is sorted and names a dot once.', place + '/except')
  })
  demand(except.every(dot => covers({ vector, except: [] }, dot)), '`except` names a dot above the vector.', place + '/except')
}

/** `to` belongs to a transfer, `merge` to a merge and its undoing, and to nothing else (C-9, C-10). */
function checkMove({ act, file, to, merge }: Change): void {
  const isKnown = ACTS.indexOf(act) >= 0
  demand(!isKnown || (act === 'transfer') === (to !== undefined), '`to` belongs to a transfer.', 'to')
  demand(!isKnown || isMerge(act) === (merge !== undefined), '`merge` belongs to a merge.', 'merge')
  if (!merge) return
  demand(merge.file !== file, 'No file absorbs itself.', 'merge/file')
  demand(!isKnown || (act === 'merge') === (merge.base !== undefined), 'A merge names what it showed.', 'merge/base')
  if (!merge.base) return
  checkBase(merge.base, merge.file, 'merge/base')
  demand(Object.keys(merge.base.vector).length > 0, 'A merge names what it showed.', 'merge/base/vector')
}

export function isMerge(act: string): boolean {
  return act === 'merge' || act === 'unmerge'
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
