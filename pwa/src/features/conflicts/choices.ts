/**
 * The open conflicts of one file as a person weighs them: each value with everyone who wrote it, when, and from which
 * device; and the operations by which a decision is written. Wording and drawing are the screen's.
 */
import type { FileView, HistoryEntry } from '../../device/contract'
import type { FoldedConflict, FoldedValue } from '../../sync/fold'
import type { Operation } from '../../sync/change'
import type { Json } from '../../sync/canonical'

/** One person's writing of a value. `receivedAt` is null while it has only been seen on this phone. */
export interface Writing {
  personId: string
  replica: string
  at: number
  receivedAt: number | null
  fate: HistoryEntry['fate']
  reason: string | null
  changeId: string | null
}

/** One of the values between which somebody must decide. */
export interface Side {
  key: string
  /** Where the value stands: the conflict's own path, or a field inside a struck-out element. */
  path: string
  value: Json
  writings: Writing[]
  mine: boolean
}

export interface OpenConflict {
  id: string
  rule: FoldedConflict['rule']
  path: string
  sides: Side[]
  /** The value last settled before, still used where only one value fits. */
  stands: Json | undefined
}

/** A decision: one of the sides, another value, or for a struck-out element whether it stays. */
export type Decision = { kind: 'value'; value: Json } | { kind: 'keep_struck_out' } | { kind: 'bring_back' }

/** The conflicts of the file in the order of their paths, so that the list does not jump while it is decided. */
export function readConflicts(view: FileView, personId: string): OpenConflict[] {
  const byDot = new Map(view.history.map(entry => [dotKey(entry.dot), entry]))
  return view.state.conflicts
    .filter(conflict => !isMove(conflict))
    .map(conflict => ({
      id: conflict.id,
      rule: conflict.rule,
      path: conflict.path,
      sides: conflict.values.map(value => readSide(value, value.path ?? conflict.path, byDot, personId)).sort(byFirstWriting),
      stands: view.state.paths[conflict.path]?.stands,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.id < b.id ? -1 : 1))
}

/** A conflict over where a file lives or of what it is part: no value decides it, but another move or merge. */
export function isMove(conflict: FoldedConflict): boolean {
  return conflict.path.charAt(0) === '$'
}

/** In the order in which they were written: whoever reads knows which came later. */
function byFirstWriting(a: Side, b: Side): number {
  return (a.writings[0]?.at ?? 0) - (b.writings[0]?.at ?? 0) || (a.key < b.key ? -1 : 1)
}

function readSide(value: FoldedValue, path: string, byDot: Map<string, HistoryEntry>, personId: string): Side {
  const writings = value.dots.map(dot => readWriting(dot, byDot.get(dotKey(dot)), value))
  writings.sort((a, b) => a.at - b.at)
  return {
    key: `${path} ${value.dots.map(dotKey).join(',')}`,
    path,
    value: value.value,
    writings,
    mine: writings.some(writing => writing.personId === personId),
  }
}

/** The fold names one author of a value; the file's history knows the author of each dot. */
function readWriting(dot: [string, number], entry: HistoryEntry | undefined, value: FoldedValue): Writing {
  if (!entry) {
    return { personId: value.person, replica: dot[0], at: value.at, receivedAt: null, fate: 'accepted', reason: null, changeId: null }
  }
  return {
    personId: entry.personId,
    replica: entry.replica,
    at: entry.at,
    receivedAt: entry.receivedAt,
    fate: entry.fate,
    reason: entry.reason,
    changeId: entry.changeId,
  }
}

/** The element of a path: a conflict over striking out names it by itself or by its `$void` register. */
export function elementOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

/**
 * What a `resolve` writes. The view's base covers every dot of the conflict, so a value that arrives after the form was
 * opened is not covered and reopens it.
 */
export function decisionOps(conflict: OpenConflict, decision: Decision): Operation[] {
  if (decision.kind === 'keep_struck_out') return [{ op: 'void', path: elementOf(conflict.path) }]
  if (decision.kind === 'bring_back') return [{ op: 'restore', path: elementOf(conflict.path) }]
  return [{ op: 'set', path: conflict.path, value: decision.value }]
}

/** A side that strikes the element out, beside those that edit it. */
export function isStrike(side: Side): boolean {
  return /\/\$void$/.test(side.path)
}

/** A deputy or head decides; everyone else may read. A sealed file is read-only for all. */
export function mayDecide(duties: readonly string[], view: FileView): boolean {
  return !view.readonly && (duties.indexOf('deputy') >= 0 || duties.indexOf('head') >= 0)
}

/** True when a conflict got another side since the person last looked: the decision must be made again. */
export function sidesChanged(before: OpenConflict, now: OpenConflict | undefined): boolean {
  return !now || sidesOf(before) !== sidesOf(now)
}

/** What a choice was made between: kept beside it, so that it holds only while the sides are these. */
export function sidesOf(conflict: OpenConflict): string {
  return conflict.sides.map(side => side.key).sort().join('|')
}

/** The name by which people tell replicas apart: enough of it to compare two, too little to type. */
export function shortReplica(replica: string): string {
  return replica.slice(0, 4).toUpperCase()
}

function dotKey(dot: [string, number]): string {
  return `${dot[0]}:${dot[1]}`
}
