/**
 * What a save may say that its form showed, on a phone whose storage was copied once (P-9a). Under a number that two phones
 * gave out stands the other phone's save: a form that showed this phone's own did not show that one, and must not replace it.
 */
import { dotOf } from '../sync/change'
import { fold, stateDigest, type Rules } from '../sync/fold'
import { baseOf, compareDots, covers, dotText, dotWithin, type Base, type Dot } from '../sync/versions'
import type { KnownChange } from './file-state'

const UNDECIDED_MAX = 20

interface Shown { file: string; base: Base; seen: string | null }

/**
 * `retired`: keys that this phone gave up; what was not accepted under them may be a fork. `forks`: own saves of the file
 * beside whose number another stands. `replica`: this phone's key now. `known`: everything here of the file and of those merged with it.
 */
export function soundBase(shown: Shown, rules: Rules, known: readonly KnownChange[], replica: string, retired: ReadonlySet<string>, forks: readonly Dot[]): Base {
  const dotHere = ({ change }: KnownChange): Dot => dotWithin(dotOf(change), change.file, shown.file)
  const accepted = known.filter((one) => one.verdict?.status === 'accepted')
  const standing = new Set(accepted.map((one) => dotText(dotHere(one))))
  const base = without(shown.base, (dot) => retired.has(dot[0].split('@')[0] as string) && !standing.has(dotText(dot)))
  const doubtful = forks.filter((dot) => covers(base, dot))
  if (!doubtful.length) return base
  const first = Math.max(0, ...doubtful.filter(([one]) => one === replica).map(([, seq]) => seq)) + 1
  if (showedAll(shown, rules, accepted.filter((one) => covers(base, dotHere(one))), [replica, first])) return base
  const out = new Set(doubtful.map(dotText))
  return without(base, (dot) => out.has(dotText(dot)))
}

/**
 * A form that was opened after the other save came in showed exactly what its base covers; its digest says so. Own saves from
 * `after` on may have been undecided then: they are accepted by now, and were in no digest.
 */
function showedAll(shown: Shown, rules: Rules, covered: readonly KnownChange[], [replica, first]: Dot): boolean {
  if (shown.seen === null) return false
  const own = [...new Set(covered.filter(({ change }) => change.replica === replica && change.seq >= first).map(({ change }) => change.seq))].sort((a, b) => b - a)
  return [Infinity, ...own.slice(0, UNDECIDED_MAX)].some((last) => {
    const seen = covered.filter(({ change }) => change.replica !== replica || change.seq < last)
    return seen.length > 0 && stateDigest(fold(rules, seen, shown.file)) === shown.seen
  })
}

/** The same base without those dots; only replicas with one of them are rewritten. */
function without(base: Base, isOut: (dot: Dot) => boolean): Base {
  const vector = { ...base.vector }
  let except = base.except
  for (const replica of Object.keys(base.vector)) {
    const dots = Array.from({ length: base.vector[replica] as number }, (_, place): Dot => [replica, place + 1]).filter((dot) => covers(base, dot))
    const kept = dots.filter((dot) => !isOut(dot))
    if (kept.length === dots.length) continue
    const part = baseOf(kept)
    delete vector[replica]
    Object.assign(vector, part.vector)
    except = [...except.filter((dot) => dot[0] !== replica), ...part.except].sort(compareDots)
  }
  return { vector, except }
}
