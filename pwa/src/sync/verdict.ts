/** The server's answer to one change (PROTOCOL.md 4): its body and how to read it. Its signature: `signatures.ts`. */
import { parseCanonical } from './canonical'
import { checkShape, each, integer, oneOf, optionalNull, text, tupleOf, type Shape } from './shapes'
import type { Dot } from './versions'

export type VerdictStatus = 'accepted' | 'held' | 'quarantined' | 'returned' | 'declined'
export interface VerdictReason { code: string; path?: string; op?: number; say?: string }

export interface Verdict {
  type: 'verdict'
  v: 1
  suite: 1
  deployment: string
  station: string
  change: string
  file: string | null
  dot: Dot | null
  status: VerdictStatus
  position: number
  received_at: number
  duty: string | null
  reasons: VerdictReason[]
  by: string | null
  decided_at: number | null
}

const ID = text(32, 32, /^[0-9a-f]*$/)
const BODY: Shape = {
  type: oneOf('verdict'),
  v: oneOf(1),
  suite: oneOf(1),
  deployment: ID,
  station: ID,
  change: text(64, 64, /^[0-9a-f]*$/),
  file: optionalNull(ID),
  dot: optionalNull(tupleOf([ID, integer(1)])),
  status: oneOf('accepted', 'held', 'quarantined', 'returned', 'declined'),
  position: integer(1),
  received_at: integer(0),
  duty: optionalNull(text(1, 40)),
  reasons: each({ code: text(1, 60) }, { maximum: 1000 }),
  by: optionalNull(ID),
  decided_at: optionalNull(integer(0)),
}

/** Reads and checks a transported verdict's text; throws `not_canonical` or `malformed`. Not the signature. */
export function readVerdict(body: string): Verdict {
  const value = parseCanonical(body)
  checkShape(value, BODY)
  return value as unknown as Verdict
}

export function isFinal(verdict: Verdict): boolean {
  return verdict.status === 'accepted' || verdict.status === 'declined'
}

/** Whether it stands beside the chain because its dot is another's, or what it built on is (C-6); also when put away. */
export function isFork({ status, reasons }: Verdict): boolean {
  return (status === 'quarantined' || status === 'declined') && reasons.some((reason) => reason.code === 'fork')
}

/**
 * Whether a verdict replaces the one that is held for the same change (D-2). Of two final ones the first given stands; the word
 * that a dot went to another change while the server had forgotten this one takes an acceptance back.
 */
export function supersedes(later: Verdict, earlier: Verdict | null): boolean {
  if (earlier && isFork(earlier) !== isFork(later) && [earlier.status, later.status].includes('accepted')) return isFork(later)
  if (earlier === null || isFinal(later) !== isFinal(earlier)) return earlier === null || isFinal(later)
  if (!isFinal(later)) return later.position > earlier.position
  const apart = givenAt(later) - givenAt(earlier) || later.position - earlier.position
  return apart ? apart < 0 : later.status < earlier.status
}

function givenAt({ received_at, decided_at }: Verdict): number {
  return decided_at === null ? received_at : decided_at
}
