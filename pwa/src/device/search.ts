/**
 * Search as one types, over what is open in memory: what can be found of each household (names, pinyin, initials, ID tails, phones,
 * numbers, address, categories), lower-cased, all households one after the other in one text. `indexOf` goes through thousands of
 * them in the time of a key. Exact; the text is written when a list is first searched, and anew when the list is another.
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
const LIMIT = 50
const SLICE_MS = 6
const READ_A_GLANCE = 32 // asking for the time costs as much as reading some households

const PACE: Pace = {
  now: () => performance.now(),
  soon: (work) => void setTimeout(work),
  atLeisure: (work) => (typeof requestIdleCallback === 'function' ? void requestIdleCallback(work) : void setTimeout(work)),
}

/** A household as search reads it. Both begin with a separator; `head` are the name and readings of its head, `text` all there is. */
interface Entry { household: HouseholdSummary; head: string; text: string }

/** Texts one after the other; the i-th begins at `at[i]`, and the last `at` is where all end. */
interface Written { text: string; at: Uint32Array }

/** One list, written down. */
interface Index { households: readonly HouseholdSummary[]; entries: Entry[]; heads: Written; texts: Written }

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
  const indexOf = (households: readonly HouseholdSummary[]): Index => (index?.households === households ? index : (index = write(households, read)))
  /** Reads the list in slices, if it was not written yet; then does the work. */
  const prepare = (households: readonly HouseholdSummary[], mine: number, goOn: Pace['soon'], work: () => void): void => {
    let next = index?.households === households ? households.length : 0
    const slice = (): void => {
      if (mine !== run) return
      const until = pace.now() + SLICE_MS
      while (next < households.length) {
        read(households[next++] as HouseholdSummary)
        if (next % READ_A_GLANCE === 0 && pace.now() > until) return goOn(slice)
      }
      work()
    }
    slice()
  }
  return {
    ready,
    look(households, query, take) {
      const mine = ++run
      const wanted = normalise(query)
      if (wanted) return prepare(households, mine, pace.soon, () => take(seek(indexOf(households), wanted)))
      take(households)
      // While nobody types yet: the first key must not wait for thousands of households to be read.
      if (hasPinyin) pace.atLeisure(() => prepare(households, mine, pace.atLeisure, () => void indexOf(households)))
    },
    stop() {
      run += 1
      index = null
    },
    find(households, query, limit = LIMIT) {
      const wanted = normalise(query)
      return wanted ? seek(indexOf(households), wanted).slice(0, limit) : [...households]
    },
  }
}

/** First the heads whose name or reading begins with the first word; then who has a name or number that does; then who has it somewhere within. */
function seek({ entries, heads, texts }: Index, wanted: string): HouseholdSummary[] {
  const [word, ...others] = wanted.split(/\s+/) as [string, ...string[]]
  const taken = new Uint8Array(entries.length)
  const first: HouseholdSummary[] = []
  const then: HouseholdSummary[] = []
  const last: HouseholdSummary[] = []
  const has = (text: string): boolean => !others.length || others.every((other) => text.indexOf(other) >= 0)
  eachWith(SEPARATOR + word, heads, (i) => {
    const { household, text } = entries[i] as Entry
    if (!has(text)) return
    taken[i] = 1
    first.push(household)
  })
  eachWith(word, texts, (i) => {
    const { household, text } = entries[i] as Entry
    if (taken[i] || !has(text)) return
    if (begins(word, text)) then.push(household)
    else last.push(household)
  })
  return first.concat(then, last)
}

/** Every text in which the word stands, once. */
function eachWith(word: string, { text, at }: Written, visit: (i: number) => void): void {
  let i = 0
  for (let found = text.indexOf(word); found >= 0; found = text.indexOf(word, at[i])) {
    while ((at[i + 1] as number) <= found) i += 1
    visit(i)
    i += 1
  }
}

/** Whether a name or number in the text begins with the word. Separators are many and words few: the word is what is looked for. */
function begins(word: string, text: string): boolean {
  let at = text.indexOf(word)
  while (at >= 0 && text[at - 1] !== SEPARATOR) at = text.indexOf(word, at + 1)
  return at >= 0
}

function write(households: readonly HouseholdSummary[], read: (household: HouseholdSummary) => Entry): Index {
  const entries = households.map(read)
  return { households, entries, heads: writeDown(entries.map((one) => one.head)), texts: writeDown(entries.map((one) => one.text)) }
}

function writeDown(texts: readonly string[]): Written {
  const at = new Uint32Array(texts.length + 1)
  texts.forEach((text, i) => (at[i + 1] = (at[i] as number) + text.length))
  return { text: texts.join(''), at }
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
