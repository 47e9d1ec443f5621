/**
 * Search as one types, over what is open in memory: one lower-cased string per household (names, pinyin, initials, ID tails,
 * phones, numbers, address, categories) and `indexOf`. Exact, no index to keep fresh. A key asks for the first screenful, best first,
 * and is answered within its frame; the rest is counted in slices between the frames that follow.
 */
import { categorySensitivity, label, shortLabel } from '../records'
import type { HouseholdSummary } from './contract'
import { loadPinyin, readName, type PinyinTable } from './pinyin'

/** `isWhole`: these are all; else the first of them, and more are being looked for. */
export interface Found { households: readonly HouseholdSummary[]; isWhole: boolean }

export interface HouseholdSearch {
  /** The best first; the whole list, unranked, for an empty query. Each word of the query must be found. */
  find(households: readonly HouseholdSummary[], query: string, limit?: number): HouseholdSummary[]
  /** The same in slices: `take` gets the first screenful at once, and all of them once they are known. The next look ends this one. */
  look(households: readonly HouseholdSummary[], query: string, take: (found: Found) => void): void
  stop(): void
  /** Loads the readings; until it resolves, characters, numbers and addresses are found but pinyin is not. */
  ready: Promise<void>
}

/** What time it is, and how to go on: between frames, or when nothing else is to be done. */
export interface Pace { now(): number; afterFrame(work: () => void): void; atLeisure(work: () => void): void }

const RESTRICTED = 3 // of sensitivity: never a word in a list
const SEPARATOR = '\n'
const LIMIT = 50
const SCREENFUL = 12
/** Of a frame of 16 ms, drawing the rows takes the other half. */
const FIRST_MS = 7
const SLICE_MS = 5
const LOOKS_A_GLANCE = 32 // asking for the time costs as much as looking at some households

const PACE: Pace = {
  now: () => performance.now(),
  afterFrame: (work) => (typeof requestAnimationFrame === 'function' ? void requestAnimationFrame(() => setTimeout(work)) : void setTimeout(work)),
  atLeisure: (work) => (typeof requestIdleCallback === 'function' ? void requestIdleCallback(work) : void setTimeout(work)),
}

/** A household as search reads it. Both begin with a separator; `head` are the name and readings of its head, `text` all there is. */
interface Entry { household: HouseholdSummary; head: string; text: string }

/**
 * How far a search has come. First the heads whose name or reading begins with the first word (`first`), then everybody else: some name
 * or number begins with it (`then`), or it is somewhere within (`last`). Each in the order of the list.
 */
interface Seeking {
  households: readonly HouseholdSummary[]
  wanted: string
  pool: readonly HouseholdSummary[]
  taken: Uint8Array // of the pool
  isPastHeads: boolean
  isDone: boolean
  next: number
  first: HouseholdSummary[]
  then: HouseholdSummary[]
  last: HouseholdSummary[]
}

export function makeHouseholdSearch(load: () => Promise<PinyinTable> = loadPinyin, pace: Pace = PACE): HouseholdSearch {
  let read = makeReader(null)
  let hasPinyin = false
  /** Of the key before: who does not match "li" will not match "lix". */
  let last: Seeking | null = null
  let run = 0
  const ready = load().then((table) => {
    read = makeReader(table)
    hasPinyin = true
    last = null
  })
  const begin = (households: readonly HouseholdSummary[], wanted: string): Seeking => {
    const narrows = last !== null && last.households === households && last.isDone && wanted.indexOf(last.wanted) === 0
    const pool = narrows ? (last as Seeking).pool.filter((_, i) => (last as Seeking).taken[i]) : households
    return { households, wanted, pool, taken: new Uint8Array(pool.length), isPastHeads: false, isDone: false, next: 0, first: [], then: [], last: [] }
  }
  /** While nobody types yet: the first key must not wait for thousands of households to be read. */
  const warm = (households: readonly HouseholdSummary[], mine: number, next = 0): void => {
    const until = pace.now() + SLICE_MS
    while (next < households.length && pace.now() < until) read(households[next++] as HouseholdSummary)
    if (next < households.length) pace.atLeisure(() => mine === run && warm(households, mine, next))
  }
  const look = (households: readonly HouseholdSummary[], query: string, take: (found: Found) => void): void => {
    const mine = ++run
    const wanted = normalise(query)
    if (!wanted) {
      take({ households, isWhole: true })
      if (hasPinyin) pace.atLeisure(() => mine === run && warm(households, mine))
      return
    }
    const seeking = begin(households, wanted)
    let isTold = false
    const isScreenful = (): boolean => !isTold && seeking.first.length + seeking.then.length >= SCREENFUL
    const goOn = (ms: number): void => {
      if (mine !== run) return
      const until = pace.now() + ms
      seek(seeking, read, () => isScreenful() || pace.now() > until)
      if (seeking.isDone) last = seeking
      if (seeking.isDone || isScreenful()) {
        isTold = true
        take({ households: bestOf(seeking), isWhole: seeking.isDone })
      }
      if (!seeking.isDone) pace.afterFrame(() => goOn(SLICE_MS))
    }
    goOn(FIRST_MS)
  }
  return {
    ready,
    look,
    stop: () => void (run += 1),
    find(households, query, limit = LIMIT) {
      const wanted = normalise(query)
      if (!wanted) return [...households]
      const seeking = begin(households, wanted)
      seek(seeking, read, () => false)
      last = seeking
      return bestOf(seeking).slice(0, limit)
    },
  }
}

/** What only lies within comes last, so it counts when no better can come any more. */
const bestOf = (seeking: Seeking): HouseholdSummary[] => seeking.first.concat(seeking.then, seeking.isDone ? seeking.last : [])

/** Goes on until all is looked at or `isEnough` says so. */
function seek(seeking: Seeking, read: (household: HouseholdSummary) => Entry, isEnough: () => boolean): void {
  const { pool, taken } = seeking
  const [word, ...others] = seeking.wanted.split(/\s+/) as [string, ...string[]]
  const start = SEPARATOR + word
  const fitsElse = (entry: Entry): boolean => !others.length || others.every((other) => entry.text.indexOf(other) >= 0)
  for (; ; seeking.isPastHeads = true, seeking.next = 0) {
    for (; seeking.next < pool.length; seeking.next += 1) {
      if (seeking.next % LOOKS_A_GLANCE === LOOKS_A_GLANCE - 1 && isEnough()) return
      if (taken[seeking.next]) continue
      const entry = read(pool[seeking.next] as HouseholdSummary)
      const at = seeking.isPastHeads ? entry.text.indexOf(word) : entry.head.indexOf(start)
      if (at < 0 || !fitsElse(entry)) continue
      taken[seeking.next] = 1
      if (!seeking.isPastHeads) seeking.first.push(entry.household)
      else if (entry.text[at - 1] === SEPARATOR || entry.text.indexOf(start, at) >= 0) seeking.then.push(entry.household)
      else seeking.last.push(entry.household)
    }
    if (seeking.isPastHeads) break
  }
  seeking.isDone = true
}

/** Half-width, lower case, ü as v: what the query and the text have in common. */
export function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/ü/g, 'v').trim()
}

/** Each household is read once; names and categories that many share, too. */
function makeReader(table: PinyinTable | null): (household: HouseholdSummary) => Entry {
  const known = new WeakMap<HouseholdSummary, Entry>()
  const names = new Map<string, string>()
  const nameOf = (name: string): string => {
    let readings = names.get(name)
    if (readings === undefined) names.set(name, (readings = SEPARATOR + normalise(readingsOf(name, table).join(SEPARATOR))))
    return readings
  }
  const categories = new Map<string, string>()
  const categoryOf = (code: string): string => {
    let words = categories.get(code)
    if (words === undefined) categories.set(code, (words = categorySensitivity(code) < RESTRICTED ? SEPARATOR + normalise(label('client_category', code) + shortLabel('client_category', code)) : ''))
    return words
  }
  return (household) => {
    let entry = known.get(household)
    if (entry) return entry
    const head = household.headName ? nameOf(household.headName) : SEPARATOR
    const members = household.memberNames.filter((name) => name && name !== household.headName).map(nameOf)
    const numbers = [household.number, household.fileNumber].filter((one): one is string => Boolean(one))
    const plain = SEPARATOR + normalise([...household.phones, ...household.idTails, ...numbers, household.address].join(SEPARATOR))
    entry = { household, head, text: head + members.join('') + plain + household.categories.map(categoryOf).join('') }
    known.set(household, entry)
    return entry
  }
}

function readingsOf(name: string, table: PinyinTable | null): string[] {
  if (!table) return [name]
  const syllables = readName(table, name)
  return [name, syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')]
}
