/**
 * The log's signed documents and what a phone remembers of it (PROTOCOL.md 14, L-5 to L-9), as `sync/log.py`. A phone keeps the
 * last signed root and takes no answer whose log does not begin with it; after a restart it brings back what was forgotten.
 */
import { parseCanonical } from './canonical'
import { sha256Hex, type Envelope } from './change'
import { SyncError } from './errors'
import { checkShape, integer, oneOf, text, type Shape } from './shapes'
import { EMPTY_ROOT, isConsistent } from './tree'

const EPOCH_POSITIONS = 2 ** 32

export interface Root { epoch: number; size: number; position: number; hash: string; at: number }
export interface Restart { epoch: number; size: number; hash: string; agreed: number; position: number; because: string; at: number }

/** A root that was seen, without its signature; `position`: the last place that its log had given out. */
export interface Remembered { size: number; hash: string; position?: number }

/** `roots` by size, the newest last; `signed` is that newest one as the server signed it; `forgotten`: restarts to recover from. */
export interface LogMemory { epoch: number; roots: Remembered[]; signed: Envelope | null; forgotten: [epoch: number, position: number][] }

const ID = text(32, 32, /^[0-9a-f]*$/)
const HASH = text(64, 64, /^[0-9a-f]*$/)
const SIGNED = { v: oneOf(1), suite: oneOf(1), deployment: ID, station: ID, size: integer(0), hash: HASH, position: integer(0), at: integer(0) }
const ROOT: Shape = { ...SIGNED, type: oneOf('root'), epoch: integer(1) }
const RESTART: Shape = { ...SIGNED, type: oneOf('restart'), epoch: integer(2), agreed: integer(0), first: integer(1), because: oneOf('generation', 'phone', 'operator') }

/** Reads and checks a transported text, not its signature. */
export function readRoot(body: string): Root {
  const value = parseCanonical(body)
  checkShape(value, ROOT)
  return value as unknown as Root
}

export function readRestart(body: string): Restart {
  const value = parseCanonical(body)
  checkShape(value, RESTART)
  return value as unknown as Restart
}

/** L-5: the epoch that a position belongs to. */
export function epochOf(position: number): number {
  return Math.floor((position - 1) / EPOCH_POSITIONS) + 1
}

export function emptyMemory(): LogMemory {
  return { epoch: 0, roots: [], signed: null, forgotten: [] }
}

function newestOf(memory: LogMemory): Remembered {
  return memory.roots[memory.roots.length - 1] ?? { size: 0, hash: EMPTY_ROOT }
}

/** What goes along with each sync: the log that this phone knows. */
export function claimOf(memory: LogMemory): { epoch: number; size: number; hash: string } {
  const { size, hash } = newestOf(memory)
  return { epoch: memory.epoch, size, hash }
}

/** The memory after a root that was verified as the server's (L-7). Throws `log_behind`, `log_differs`: take nothing in. */
export function takeRoot(memory: LogMemory, root: Root, proof: readonly string[], signed: Envelope | null): LogMemory {
  const newest = newestOf(memory)
  if ((root.epoch !== memory.epoch && memory.epoch > 0) || root.size < newest.size) throw new SyncError('log_behind', '', 'The log is not the one that this phone remembers.')
  if (!isConsistent(newest.size, newest.hash, root.size, root.hash, proof)) throw new SyncError('log_differs', '', 'The log does not begin with what this phone remembers.')
  const roots = thin([...memory.roots.filter((one) => one.size !== root.size), { size: root.size, hash: root.hash, position: root.position }])
  return { ...memory, epoch: root.epoch, roots, signed }
}

/** What it remembers besides, for a server whose log differs. */
export function listClaims(memory: LogMemory, limit: number): { epoch: number; size: number; hash: string }[] {
  return memory.roots.slice(-limit).map(({ size, hash }) => ({ epoch: memory.epoch, size, hash }))
}

/** After a restart: keeps the new epoch's root as it was signed, to show it to a server that is put back again. */
export function takeSigned(memory: LogMemory, root: Root, signed: Envelope): LogMemory {
  return root.epoch === memory.epoch && root.size >= newestOf(memory).size ? { ...memory, signed } : memory
}

/**
 * The memory after restart statements that were verified as the server's (L-8), those known already among them. Those count
 * again: what was brought back after one stands at a later place than its position says. And no log is known to agree beyond
 * the newest root that remains, whatever a statement says.
 */
export function takeRestarts(memory: LogMemory, restarts: readonly Restart[]): LogMemory {
  const told = [...restarts].sort((a, b) => a.epoch - b.epoch)
  const fresh = told.filter((one) => one.epoch > memory.epoch)
  const last = fresh[fresh.length - 1]
  if (!last) return memory
  if (fresh.some((one) => one.agreed > one.size)) throw new SyncError('log_differs', '', 'A restart statement contradicts itself.')
  const agreed = Math.min(...fresh.map((one) => one.agreed))
  const roots = memory.roots.filter((root) => root.size <= agreed).map((root) => ({ ...root, position: root.position ?? 0 }))
  const known = roots[roots.length - 1]?.position ?? 0
  const kept = new Map(memory.forgotten)
  for (const { epoch, position } of told) kept.set(epoch, Math.min(kept.get(epoch) ?? position, position, known))
  return { epoch: last.epoch, roots, signed: null, forgotten: [...kept].sort(([a], [b]) => a - b) }
}

/** Whether the server may have lost what it once put at this position. */
export function isForgotten(memory: LogMemory, position: number): boolean {
  return memory.forgotten.some(([epoch, kept]) => position > kept && epochOf(position) < epoch)
}

/** After everything that was forgotten has been brought back, and a sync was answered. */
export function recovered(memory: LogMemory): LogMemory {
  return memory.forgotten.length ? { ...memory, forgotten: [] } : memory
}

/** L-12: whether an own change need not be kept any more for the sake of a server that may be put back. */
export function mayForget(position: number, backedUp: number | null): boolean {
  return backedUp === null || position <= backedUp
}

/** The newest root, and of the older ones the oldest at each doubling of the distance (L-6). */
export function thin(roots: readonly Remembered[]): Remembered[] {
  const ordered = [...roots].sort((a, b) => a.size - b.size)
  const newest = newestOf({ ...emptyMemory(), roots: ordered }).size
  const kept = new Map<number, Remembered>()
  for (const root of ordered) {
    const distance = (newest - root.size).toString(2).length * Number(newest > root.size)
    if (!kept.has(distance)) kept.set(distance, root)
  }
  return [...kept.values()].sort((a, b) => a.size - b.size)
}

/** L-9: what a file's accepted changes are, without folding them. */
export function filesHash(accepted: readonly (readonly [change: string, position: number])[]): string {
  return sha256Hex(accepted.map(([change, position]) => `${change} ${position}\n`).sort().join('')) // prettier-ignore
}
