/** A station's keys change hands: the former key signs which follow it, and devices go along (PROTOCOL.md E-12 to E-14). */
import { parseCanonical } from './canonical'
import type { Envelope } from './change'
import { SyncError } from './errors'
import { isPlain } from './shapes'
import { importPublicKey, verify, type StationKeys } from './signatures'

export interface Handover {
  deployment: string
  station: string
  number: number
  former: string
  verdict_key: string
  sealing_key: string
  position: number
  at: number
}

const wrong = (say: string): SyncError => new SyncError('handover_wrong', '', say)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Throws `handover_wrong`. Whether it is signed is for `followHandovers` to say. */
export function readHandover(envelope: Envelope): Handover {
  let body: unknown = null
  try {
    body = parseCanonical(envelope.body)
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
  }
  if (!isPlain(body) || body.type !== 'handover' || body.v !== 1 || body.suite !== 1) throw wrong('This is no hand-over.')
  const said = body
  const texts = ['deployment', 'station', 'former', 'verdict_key', 'sealing_key'].every((name) => typeof said[name] === 'string')
  if (!texts || !['number', 'position', 'at'].every((name) => isCount(said[name]))) throw wrong('This is no hand-over.')
  return body as unknown as Handover
}

/**
 * The verdict key that the hand-overs lead to from the pinned one. Steps before the pinned key are passed over: whoever has
 * an older key must not lead anybody anywhere. Throws `handover_wrong` where a step is not sound.
 */
export async function followHandovers(pinned: string, deployment: string, station: string, handovers: readonly Envelope[]): Promise<string> {
  let key = pinned
  let number: number | null = null
  for (const envelope of handovers) {
    const said = readHandover(envelope)
    if (said.former !== key && number === null) continue
    const isNext = said.former === key && (number === null || said.number === number + 1)
    if (!isNext || said.deployment !== deployment || said.station !== station || !(await verify(envelope, await importPublicKey(key)))) throw wrong('A hand-over does not follow.')
    key = said.verdict_key
    number = said.number
  }
  return key
}

/** The keys that a believed policy names. */
export async function stationKeys(policy: { verdict_key: string; handovers?: readonly Envelope[] }): Promise<StationKeys> {
  const former = (policy.handovers ?? []).map(readHandover).map(async (said) => ({ key: await importPublicKey(said.former), until: said.position }))
  return { current: await importPublicKey(policy.verdict_key), former: await Promise.all(former) }
}
