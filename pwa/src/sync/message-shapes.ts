/**
 * What the messages of PROTOCOL.md 7 must look like (M-7): nothing is converted, a text with digits is no number. The server
 * checks what phones send, the phone what the server answers; the vectors hold both to the same line.
 */
import { checkShape, each, integer, oneOf, optionalNull, text, type Check, type Shape } from './shapes'
import { SyncError } from './errors'

const ID = text(32, 32, /^[0-9a-f]*$/)
const HASH = text(64, 64, /^[0-9a-f]*$/)
const CURSOR = text(0, 4000)
const ANY_TEXT = text(0, Number.MAX_SAFE_INTEGER)
const COUNT = integer(-Number.MAX_SAFE_INTEGER)

const SIGNED = shape({ body: text(0, 2097152), sig: text(0, 200) })
const CLAIM = shape({ epoch: integer(0, 2097152), size: integer(0), hash: HASH })
const PACKED_CHANGE = shape({ envelope: SIGNED, verdict: SIGNED })
const PACKED_FILE = shape({ file: ID, kind: ANY_TEXT, scope: ID, changes: each(PACKED_CHANGE) })
const ENTRIES: { [kind: string]: Shape } = {
  change: PACKED_CHANGE,
  verdict: { verdict: SIGNED },
  enter: { file: ID, scope: ID },
  leave: { file: ID },
}

/** What the phone reads. */
export const ANSWERS = {
  SyncAnswer: {
    'verdicts?': each(SIGNED),
    'entries?': each(entry),
    'cursor?': optionalNull(CURSOR),
    'more?': flag,
    server_at: COUNT,
    epoch: COUNT,
    'packs?': each({ id: ANY_TEXT, scope: ID, bytes: COUNT, sha256: HASH, cursor: CURSOR }),
    'digests?': each(HASH, { key: ID }),
    'log?': optionalNull(shape({ root: SIGNED, 'proof?': each(HASH, { maximum: 120 }) })),
    'backed_up?': optionalNull(COUNT),
    'erased?': each(SIGNED),
  },
  WitnessAnswer: { root: SIGNED, restarts: each(SIGNED), state: oneOf('sound', 'differs') },
  ReturnAnswer: { results: each({ id: HASH, code: oneOf('taken', 'known', 'refused') }) },
  HaveAnswer: { differ: each(ID), 'unknown?': each(ID), 'files?': each(PACKED_FILE) },
  SealedAnswer: { results: each({ id: HASH, code: oneOf('received', 'known', 'refused') }) },
}

/** What the phone writes. */
export const REQUESTS = {
  SyncRequest: {
    'push?': each(SIGNED, { maximum: 200 }),
    'certificates?': each(SIGNED, { maximum: 20 }),
    'cursor?': optionalNull(CURSOR),
    'again?': flag,
    'limit?': integer(1, 1000),
    'log?': optionalNull(CLAIM),
    'handovers?': optionalNull(integer(0, 100000)),
    'erased?': optionalNull(integer(0)),
  },
  WitnessRequest: { 'root?': optionalNull(SIGNED), 'remembered?': each(CLAIM, { maximum: 64 }) },
  ReturnRequest: { items: some(each(PACKED_CHANGE, { maximum: 200 })) },
  HaveRequest: { files: each(HASH, { key: ID, maximum: 500 }), 'changes?': flag },
  InclusionRequest: { positions: some(each(integer(1), { maximum: 100 })), size: integer(1) },
  SealedRequest: { items: some(each({ id: HASH, sealed: text(0, 200000) }, { maximum: 200 })) },
}

/** The same value, checked; throws `malformed`, whose `path` is the field that is to blame. */
export function checkAnswer<T>(name: keyof typeof ANSWERS, value: T): T {
  checkShape(value, ANSWERS[name])
  return value
}

function shape(inner: Shape): Check {
  return (value, place) => checkShape(value, inner, place)
}

function flag(value: unknown, place: string): void {
  if (typeof value !== 'boolean') throw new SyncError('malformed', place, '`' + place + '` is not true or false.')
}

function some(inner: Check): Check {
  return (value, place) => {
    inner(value, place)
    if (!(value as unknown[]).length) throw new SyncError('malformed', place, '`' + place + '` is empty.')
  }
}

function entry(value: unknown, place: string): void {
  const kind = (value as { kind?: unknown } | null)?.kind
  const known = typeof kind === 'string' && Object.prototype.hasOwnProperty.call(ENTRIES, kind) ? ENTRIES[kind] : undefined
  if (!known) throw new SyncError('malformed', place, '`' + place + '` is no entry.')
  checkShape(value, known, place)
}
