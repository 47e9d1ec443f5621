/**
 * What a fold is given: changes with their verdicts, of one file or of several that were merged, and the order they take;
 * mirror of `sync/inputs.py`. A file that was merged into another keeps its changes, its dots and its chain: here they are
 * brought under the names that the other file knows them by (N-7) and to the place where the merge put them (F-15).
 */
import { canonicalize, compareCodePoints, type Json } from './canonical'
import { dotOf, isMerge, type Change } from './change'
import type { Write } from './policies'
import { Register } from './registers'
import { PLACE_RULE } from './rules'
import type { Verdict } from './verdict'
import { baseWithin, covers, dotText, dotWithin } from './versions'

/**
 * One change and what became of it; `id` is that of the transported text. `verdict` null: this device's own change that
 * nothing was decided about yet (not sent, not answered, or held). A change of someone else that waits comes with its
 * verdict: a form must not count as seen what only waits (F-1).
 */
export interface FoldInput {
  id: string
  change: Change
  verdict: Pick<Verdict, 'status' | 'position' | 'received_at' | 'duty'> | null
}

/** One live merge: `file` shows in `by`, from its place in the folding order on. */
export interface Absorbed { file: string; by: string; place: Place }
type Place = [number, number, string]

export const SCOPE_PATH = '$scope'
export const MERGED_PREFIX = '$merged/'

export function positionOf({ verdict }: FoldInput): number | null {
  return verdict && verdict.status === 'accepted' ? verdict.position : null
}

/** The changes that every replica folds alike: what digests are made of. */
export function acceptedOf<T extends FoldInput>(inputs: readonly T[]): T[] {
  return inputs.filter(input => positionOf(input) !== null)
}

/** What the form showed from which a change was made, this device's own undecided ones among it. */
export function formOf(inputs: readonly FoldInput[], { base, file }: Change): FoldInput[] {
  return inputs.filter(({ change, verdict }) => (verdict === null || verdict.status === 'accepted') && covers(base, dotWithin(dotOf(change), change.file, file)))
}

/**
 * What `file` shows: its own changes and those of the files it absorbs, under its names for their dots. Accepted by
 * position, then provisional in the order given; a change that comes twice counts once (F-1). What an absorbed file had
 * before the merge stands at the place of the merge.
 */
export function inFoldingOrder(inputs: readonly FoldInput[], file: string): FoldInput[] {
  const joined = joinedFiles(listMerges(inputs), file)
  const placed = placedOf(inputs).filter(({ input }) => joined.has(input.change.file))
  const since = ({ input, place }: Placed): Place => later(place, joined.get(input.change.file) as Place)
  placed.sort((a, b) => comparePlaces(since(a), since(b)) || comparePlaces(a.place, b.place))
  const taken = new Set<string>()
  return placed
    .map(({ input }) => within(input, file))
    .filter(({ change }) => {
      const dot = dotText(dotOf(change))
      return !taken.has(dot) && taken.add(dot)
    })
}

/** Undecided changes that are not this device's own show only their more protective `safest` values (F-9). */
const PROTECTIVE_ONLY = ['held', 'quarantined', 'returned']

export function protectiveOf(inputs: readonly FoldInput[], file: string): FoldInput[] {
  const joined = joinedFiles(listMerges(inputs), file)
  const isProtective = ({ change, verdict }: FoldInput): boolean => verdict !== null && PROTECTIVE_ONLY.indexOf(verdict.status) >= 0 && joined.has(change.file)
  return inputs.filter(isProtective).map(input => within(input, file))
}

/** The change under the names that a fold of `file` uses for its dots (N-7). Its `file` stays its own. */
function within(input: FoldInput, file: string): FoldInput {
  const { change } = input
  if (change.file === file) return input
  const [replica] = dotWithin(dotOf(change), change.file, file)
  return { ...input, change: { ...change, replica, base: baseWithin(change.base, change.file, file) } }
}

// --- merges and homes ---

/** The merges that are live, by the file that was absorbed (F-14). A register in the survivor says so, for each file. */
export function listMerges(inputs: readonly FoldInput[]): Absorbed[] {
  const acts = placedOf(inputs).filter(({ input }) => isMerge(input.change.act) && input.change.merge)
  acts.sort((a, b) => comparePlaces(a.place, b.place))
  const registers = new Map<string, { file: string; by: string; register: Register; places: Map<string, Place> }>()
  const taken = new Set<string>()
  for (const { input, place } of acts) {
    const { change } = input
    const dot = dotText(dotOf(change))
    const file = (change.merge as { file: string }).file
    if (taken.has(change.file + dot)) continue
    taken.add(change.file + dot)
    const key = file + '\n' + change.file
    const found = registers.get(key) || { file, by: change.file, register: new Register(MERGED_PREFIX + file, PLACE_RULE), places: new Map<string, Place>() }
    registers.set(key, found)
    found.places.set(dot, place)
    found.register.foldIn(placeWrite(found.register.path, change.act === 'merge', input))
  }
  const live: Absorbed[] = []
  for (const key of Array.from(registers.keys()).sort()) {
    const { file, by, register, places } = registers.get(key) as { file: string; by: string; register: Register; places: Map<string, Place> }
    if (register.value !== true) continue
    const standing = register.live.filter(write => write.value === true).map(write => places.get(dotText(write.dot)) as Place)
    live.push({ file, by, place: standing.sort(comparePlaces)[0] as Place })
  }
  return live
}

/** The file under which `file` shows, null for itself: what nobody absorbs; in a cycle the lowest id (F-14). */
export function absorbedBy(merges: readonly Absorbed[], file: string): string | null {
  const names = Array.from(new Set([file].concat(merges.map(merge => merge.by))))
  const reach = new Map(names.map(name => [name, joinedFiles(merges, name)] as [string, Map<string, Place>]))
  const reaches = (one: string, other: string): boolean => (reach.get(one) as Map<string, Place>).has(other)
  const above = names.filter(name => reaches(name, file))
  const tops = above.filter(name => above.every(other => !reaches(other, name) || reaches(name, other)))
  const survivor = tops.sort()[0] as string
  return survivor === file ? null : survivor
}

/** The merges that bring other files into a fold of `file`. */
export function shownIn(merges: readonly Absorbed[], file: string): Absorbed[] {
  const joined = joinedFiles(merges, file)
  return merges.filter(merge => joined.has(merge.by) && merge.file !== file)
}

/** The write of a transfer, a merge or its undoing. It replaces whatever it covers: no `resolve` is needed. */
export function placeWrite(path: string, value: Json, input: FoldInput): Write {
  const { change, verdict } = input
  const claimed = Math.max(change.at, change.server_at)
  return {
    path,
    value,
    key: canonicalize(value),
    dot: dotOf(change),
    base: change.base,
    person: change.person,
    at: change.at,
    effectiveAt: verdict && verdict.status === 'accepted' ? Math.min(verdict.received_at, claimed) : claimed,
    position: positionOf(input),
    dutyRank: 0,
    resolves: true,
  }
}

/** The file and every file it absorbs, directly or not, with the place from which each counts. */
function joinedFiles(merges: readonly Absorbed[], file: string): Map<string, Place> {
  const found = new Map<string, Place>()
  const waiting: { place: Place; name: string }[] = [{ place: [0, 0, ''], name: file }]
  while (waiting.length) {
    waiting.sort((a, b) => comparePlaces(a.place, b.place))
    const { place, name } = waiting.shift() as { place: Place; name: string }
    if (found.has(name)) continue
    found.set(name, place)
    for (const merge of merges) if (merge.by === name && !found.has(merge.file)) waiting.push({ place: later(place, merge.place), name: merge.file })
  }
  return found
}

interface Placed { place: Place; input: FoldInput }

/** The changes that are folded, each with its place: accepted ones by position, then provisional ones as given. */
function placedOf(inputs: readonly FoldInput[]): Placed[] {
  const placed: Placed[] = []
  inputs.forEach((input, number) => {
    const { verdict } = input
    if (verdict === null) placed.push({ place: [Infinity, number, ''], input })
    else if (verdict.status === 'accepted') placed.push({ place: [verdict.position, verdict.received_at, input.id], input })
  })
  return placed
}

function later(one: Place, other: Place): Place {
  return comparePlaces(one, other) < 0 ? other : one
}

function comparePlaces(a: Place, b: Place): number {
  for (const part of [0, 1] as const) if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1
  return compareCodePoints(a[2], b[2])
}
