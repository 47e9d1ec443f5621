/**
 * The merge policies (F-6): which of several live values of one field shows, and when an ordinary write replaces none.
 * Each policy goes from at least two different values to the one that shows as `also`, or null: a conflict. One value is
 * settled whatever the policy says, so none is asked about it. `union` is in `registers.ts`.
 */
import { compareCodePoints, type Json } from './canonical'
import { protectionRank, type FieldRule, type Policy } from './rules'
import type { Base, Dot } from './versions'

/** One value written to one register by one change (F-2). */
export interface Write {
  path: string
  value: Json
  key: string // canonical text of the value: equal keys are one value
  dot: Dot
  base: Base
  person: string
  at: number
  effectiveAt: number
  position: number | null
  dutyRank: number // 0 is the highest duty; an undecided change ranks below all
  resolves: boolean
}

/** One value among the live ones, with every live write of it in the order of folding. */
export interface Candidate { value: Json; key: string; writes: Write[] }

type Choose = (several: Candidate[], rule: FieldRule) => Candidate | null

/** Writes gathered by value (F-5), values in the order of their first write. */
export function candidatesOf(writes: Write[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const write of writes) {
    const known = found.get(write.key)
    if (known) known.writes.push(write)
    else found.set(write.key, { value: write.value, key: write.key, writes: [write] })
  }
  return Array.from(found.values())
}

/** Effective time, then dot: the order of `latest`. No other policy looks at a clock. */
export function compareRecency(a: Write, b: Write): number {
  if (a.effectiveAt !== b.effectiveAt) return a.effectiveAt - b.effectiveAt
  if (a.dot[0] !== b.dot[0]) return a.dot[0] < b.dot[0] ? -1 : 1
  return a.dot[1] - b.dot[1]
}

/** The write that stands for the value where one author and time are shown: the most recent. */
export function leadOf(candidate: Candidate): Write {
  return greatest(candidate.writes, compareRecency)
}

const chooseLatest = (several: Candidate[]): Candidate => greatest(several, (a, b) => compareRecency(leadOf(a), leadOf(b)))

const CHOICES: { [policy in Exclude<Policy, 'union'>]: Choose } = {
  latest: chooseLatest,
  max: several => greatest(comparable(several), (a, b) => compareExtents(a.value, b.value)),
  min: several => greatest(comparable(several), (a, b) => compareExtents(b.value, a.value)),
  safest: (several, rule) => {
    const ranks = several.map(candidate => protectionRank(rule, candidate.value))
    const safest = Math.min(...ranks)
    return chooseLatest(several.filter((_, index) => ranks[index] === safest))
  },
  authority: several => {
    const ranks = several.map(authorityRank)
    const top = Math.min(...ranks)
    const highest = several.filter((_, index) => ranks[index] === top)
    return highest.length === 1 ? (highest[0] as Candidate) : null
  },
  review: () => null, // only a person decides between different values
  once: () => null,
}

/** The value of several that shows, or null: a conflict. */
export function choose(several: Candidate[], rule: FieldRule): Candidate | null {
  return CHOICES[rule.policy as Exclude<Policy, 'union'>](several, rule)
}

/**
 * Whether an ordinary write replaces none of the live writes it covers (F-4): where those alone are already in
 * conflict, and always under `once`, so that a second number never slips in by being typed over the first.
 */
export function holdsBack(rule: FieldRule, covered: Write[]): boolean {
  if (rule.policy === 'once') return true
  const several = candidatesOf(covered)
  return several.length > 1 && choose(several, rule) === null
}

/** Order of `max` and `min`, and of a union's elements: integers by number, then text by code point, then the rest. */
export function compareExtents(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  return extentClass(a) - extentClass(b)
}

function extentClass(value: Json): number {
  return typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2
}

/** The highest duty (lowest number) among the authors of the value. */
export function authorityRank(candidate: Candidate): number {
  return Math.min(...candidate.writes.map(write => write.dutyRank))
}

/** An answer beats "asked, no answer"; what is neither text nor integer never wins against one that is. */
function comparable(several: Candidate[]): Candidate[] {
  const found = several.filter(candidate => extentClass(candidate.value) < 2)
  return found.length ? found : several
}

/** The first of the greatest; `items` is never empty. */
export function greatest<T>(items: T[], compare: (a: T, b: T) => number): T {
  return items.reduce((best, item) => (compare(item, best) > 0 ? item : best))
}
