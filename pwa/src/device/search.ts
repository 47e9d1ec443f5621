/**
 * Search as one types, over what is open in memory: what can be found of each household (names, pinyin, initials, ID tails, phones,
 * numbers, address, categories), lower-cased. Each character knows its households, a longer word is looked for in those of its first,
 * and a further key only in what the keys before it found. Exact; written down when a list is first searched, and anew for another.
 */
import { categorySensitivity, label, shortLabel } from '../records'
import type { HouseholdSummary } from './contract'
import { loadPinyin, readName, type PinyinTable } from './pinyin'

export interface HouseholdSearch {
  /** The best first; the whole list, unranked, for an empty query. Each word of the query must be found. */
  find(households: readonly HouseholdSummary[], query: string, limit?: number): readonly HouseholdSummary[]
  /** The same, all of it; a list that was never searched is read in slices first, so that nothing stands still. The next look ends this one. */
  look(households: readonly HouseholdSummary[], query: string, take: (found: readonly HouseholdSummary[]) => void): void
  stop(): void
  /** Loads the readings; until it resolves, characters, numbers and addresses are found but pinyin is not. */
  ready: Promise<void>
}

/** What time it is, and how to go on: soon, or when nothing else is to be done. */
export interface Pace { now(): number; soon(work: () => void): void; atLeisure(work: () => void): void }

const RESTRICTED = 3 // of sensitivity: never a word in a list
const SEPARATOR = '\n'
const SEPARATOR_CODE = SEPARATOR.charCodeAt(0)
const LIMIT = 50
const SLICE_MS = 6
const READ_A_GLANCE = 32 // asking for the time costs as much as reading some households

const PACE: Pace = {
  now: () => performance.now(),
  soon: (work) => void setTimeout(work),
  atLeisure: (work) => (typeof requestIdleCallback === 'function' ? void requestIdleCallback(work) : void setTimeout(work)),
}

/** A household as search reads it: its head's name and readings, up to `head`, and all else there is. Each name or number stands behind a separator. */
interface Entry { household: HouseholdSummary; text: string; head: number }

/** What begins with the word: a name or reading of the head, some name or number; or it stands somewhere within. */
const [HEAD, BEGIN, WITHIN] = [0, 1, 2] as const
const RANKS = 4 // a household's number in the list and the rank of its find are kept as one number: number * RANKS + rank

export function makeHouseholdSearch(load: () => Promise<PinyinTable> = loadPinyin, pace: Pace = PACE): HouseholdSearch {
  let read = makeReader(null)
  let hasPinyin = false
  let index: Index | null = null
  let run = 0
  const ready = load().then((table) => {
    read = makeReader(table)
    hasPinyin = true
    index = null
  })
  const open = (households: readonly HouseholdSummary[]): Index => (index?.households === households ? index : (index = new Index(households, read)))
  /** Reads on in slices, where the list was not read to its end; then does the work. */
  const prepare = (households: readonly HouseholdSummary[], mine: number, goOn: Pace['soon'], work?: (whole: Index) => void): void => {
    const slice = (): void => {
      if (mine !== run) return
      const opened = open(households)
      const until = pace.now() + SLICE_MS
      while (!opened.isWhole) {
        opened.readOn()
        if (opened.count % READ_A_GLANCE === 0 && pace.now() > until) return goOn(slice)
      }
      work?.(opened)
    }
    slice()
  }
  return {
    ready,
    look(households, query, take) {
      const mine = ++run
      const wanted = normalise(query)
      // The key's own task, one to seek and one to draw: between them the browser shows what was typed, and takes the next key.
      if (wanted) return pace.soon(() => prepare(households, mine, pace.soon, (whole) => {
        const found = whole.seek(wanted)
        pace.soon(() => mine === run && take(found))
      })) // prettier-ignore
      take(households)
      // While nobody types yet: the first key must not wait for thousands of households to be read.
      if (hasPinyin) pace.atLeisure(() => prepare(households, mine, pace.atLeisure))
    },
    stop() {
      run += 1
      index = null
    },
    find(households, query, limit = LIMIT) {
      const wanted = normalise(query)
      if (!wanted) return [...households]
      const opened = open(households)
      while (!opened.isWhole) opened.readOn()
      return opened.seek(wanted).slice(0, limit)
    },
  }
}

/** One list as it is searched: of each character, in which households it stands, and how. */
class Index {
  private readonly entries: Entry[] = []
  private readonly finds = new Map<number, number[]>()
  private last: { wanted: string; found: readonly number[] } | null = null

  constructor(readonly households: readonly HouseholdSummary[], private readonly read: (household: HouseholdSummary) => Entry) {}

  get count(): number {
    return this.entries.length
  }

  get isWhole(): boolean {
    return this.count === this.households.length
  }

  /** Reads the next household. */
  readOn(): void {
    const entry = this.read(this.households[this.count] as HouseholdSummary)
    const first = (this.entries.push(entry) - 1) * RANKS
    const { text, head } = entry
    for (let at = 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code !== SEPARATOR_CODE) this.note(code, first + (text.charCodeAt(at - 1) !== SEPARATOR_CODE ? WITHIN : at < head ? HEAD : BEGIN))
    }
  }

  /** Of each household the best find stays. */
  private note(code: number, find: number): void {
    const finds = this.finds.get(code)
    if (!finds) return void this.finds.set(code, [find])
    const last = finds.length - 1
    const before = finds[last] as number
    if (before < find - (find % RANKS)) finds.push(find)
    else if (find < before) finds[last] = find
  }

  /** The best first; of the same rank, as the list has them. */
  seek(wanted: string): HouseholdSummary[] {
    const [word, ...others] = wanted.split(/\s+/) as [string, ...string[]]
    const isCharacter = word.length === 1
    const from = this.last && wanted.startsWith(this.last.wanted) ? this.last.found : (this.finds.get(word.charCodeAt(0)) ?? [])
    const found: number[] = []
    const ranked: HouseholdSummary[][] = [[], [], []]
    for (const find of from) {
      const known = find % RANKS
      const { household, text, head } = this.entries[(find - known) / RANKS] as Entry
      const rank = isCharacter ? known : rankOf(word, text, head)
      if (rank === null || (others.length && !others.every((other) => text.indexOf(other) >= 0))) continue
      found.push(find - known + rank)
      ;(ranked[rank] as HouseholdSummary[]).push(household)
    }
    this.last = { wanted, found }
    return ranked.flat()
  }
}

/** How the word stands in a text, null: not at all. What belongs to the head stands first. */
function rankOf(word: string, text: string, head: number): number | null {
  let at = text.indexOf(word)
  if (at < 0) return null
  while (at >= 0 && text.charCodeAt(at - 1) !== SEPARATOR_CODE) at = text.indexOf(word, at + 1)
  return at < 0 ? WITHIN : at < head ? HEAD : BEGIN
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
    entry = { household, text: head + members.join('') + plain + household.categories.map(categoryOf).join(''), head: head.length }
    known.set(household, entry)
    return entry
  }
}

function readingsOf(name: string, table: PinyinTable | null): string[] {
  if (!table) return [name]
  const syllables = readName(table, name)
  return [name, syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')]
}
