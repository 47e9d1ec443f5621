/** One path of a file: which writes are live, what it shows, what it has shown before (F-4 to F-6). */
import type { Json } from './canonical'
import type { FoldedPath, FoldedValue, LostValue } from './folded'
import { candidatesOf, choose, compareExtents, compareRecency, holdsBack, leadOf, type Candidate, type Write } from './policies'
import { protectionRank, type FieldRule } from './rules'
import { compareDots, covers, emptyBase, join, type Base } from './versions'

/**
 * A field under any policy but `union`. `overruled` covers every dot that some write here replaces: replacing works both
 * ways, a write folded late (accepted after its successor) finds that its successor had already seen it.
 */
export class Register {
  readonly path: string
  readonly rule: FieldRule
  live: Write[] = []
  private writes: Write[] = [] // all of them, in the order of folding
  private overruled: Base = emptyBase()
  private lastShown: Json = null
  private unguardedRank: number | null = null // of what shows without any undecided write

  constructor(path: string, rule: FieldRule) {
    this.path = path
    this.rule = rule
  }

  /** Takes one write, in the order of folding. `contested`: it stands in a conflict that only `resolve` ends. */
  foldIn(write: Write, contested = false): void {
    const covered = this.live.filter(other => covers(write.base, other.dot))
    if (write.resolves || !(contested || holdsBack(this.rule, covered))) {
      this.live = this.live.filter(other => !covers(write.base, other.dot))
      this.overruled = join(this.overruled, write.base)
    }
    this.writes.push(write)
    if (!covers(this.overruled, write.dot)) this.live.push(write)
    const shown = this.shown(this.candidates())
    if (shown) this.lastShown = shown.value
  }

  /** Shows an undecided write if it is more protective than what shows without any (F-9). It replaces nothing. */
  protect(write: Write): void {
    if (this.unguardedRank === null) {
      const shown = this.shown(this.candidates())
      this.unguardedRank = shown ? protectionRank(this.rule, shown.value) : Infinity
    }
    if (protectionRank(this.rule, write.value) >= this.unguardedRank) return
    this.writes.push(write)
    this.live.push(write)
  }

  /** Whether a write is live; where none is, the field counts as never asked (F-5). */
  get isWritten(): boolean {
    return this.live.length > 0
  }

  /** Whether some value shows: then the field can be hashed, exported and reasoned with. */
  get isSettled(): boolean {
    return this.shown(this.candidates()) !== null
  }

  /** The value to reason with: what shows, and in a conflict what stands. */
  get value(): Json {
    const candidates = this.candidates()
    const shown = this.shown(candidates)
    return shown ? shown.value : this.standing(candidates)
  }

  toJson(): FoldedPath {
    const candidates = this.candidates()
    const shown = this.shown(candidates)
    const ranked = candidates.sort((a, b) => (a === shown ? -1 : b === shown ? 1 : compareRecency(leadOf(b), leadOf(a))))
    const folded: FoldedPath = {
      status: shown === null ? 'conflict' : candidates.length === 1 ? 'settled' : 'also',
      value: shown ? shown.value : null,
      values: ranked.map(candidate => valueJson(candidate)),
      replaced: lostJson(this.writes, this.live),
    }
    if (shown === null) folded.stands = this.standing(this.candidates())
    return folded
  }

  private candidates(): Candidate[] {
    return candidatesOf(this.live)
  }

  /** The candidate that shows, null in a conflict (or when nothing is live). */
  private shown(candidates: Candidate[]): Candidate | null {
    if (candidates.length > 1) return choose(candidates, this.rule)
    return candidates[0] || null
  }

  /** In a conflict: the first by position under `once`, elsewhere what was last settled. */
  private standing(candidates: Candidate[]): Json {
    return this.rule.policy === 'once' && candidates[0] ? candidates[0].value : this.lastShown
  }
}

/** A set. A remove replaces the adds of its value that its author had seen; adds replace nothing. */
export class UnionRegister {
  readonly path: string
  readonly isWritten = true // an empty set was asked about too
  readonly isSettled = true
  private writes: Write[] = []
  private live: Write[] = []
  private overruled = new Map<string, Base>() // by value

  constructor(path: string) {
    this.path = path
  }

  add(write: Write): void {
    this.writes.push(write)
    const overruled = this.overruled.get(write.key)
    if (!overruled || !covers(overruled, write.dot)) this.live.push(write)
  }

  /** `write` carries the value to take out; it is never live itself. */
  remove(write: Write): void {
    this.overruled.set(write.key, join(this.overruled.get(write.key) || emptyBase(), write.base))
    this.live = this.live.filter(other => other.key !== write.key || !covers(write.base, other.dot))
  }

  /** The elements: integers by number, then text by code point. */
  get value(): Json[] {
    return this.ordered().map(candidate => candidate.value)
  }

  toJson(): FoldedPath {
    const ordered = this.ordered()
    return {
      status: 'settled',
      value: ordered.map(candidate => candidate.value),
      values: ordered.map(candidate => valueJson(candidate)),
      replaced: lostJson(this.writes, this.live),
    }
  }

  private ordered(): Candidate[] {
    return candidatesOf(this.live).sort((a, b) => compareExtents(a.value, b.value))
  }
}

/** One live value with its dots and the most recent author of it. */
export function valueJson(candidate: Candidate, path?: string): FoldedValue {
  const lead = leadOf(candidate)
  const folded: FoldedValue = {
    value: candidate.value,
    dots: candidate.writes.map(write => write.dot).sort(compareDots),
    person: lead.person,
    at: lead.at,
    effective_at: lead.effectiveAt,
    position: lead.position,
  }
  if (path !== undefined) folded.path = path
  return folded
}

/** The writes that are no longer live, in the order of folding. */
function lostJson(writes: Write[], live: Write[]): LostValue[] {
  const kept = new Set(live)
  return writes.filter(write => !kept.has(write)).map(({ value, dot, person, at }) => ({ value, dot, person, at }))
}
