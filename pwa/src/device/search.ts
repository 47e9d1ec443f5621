/**
 * Search as one types, over what is open in memory: one lower-cased string per household (names, pinyin, initials, ID tails,
 * phones, numbers, address, categories) and `includes`. Exact, no index to keep fresh; a few milliseconds for 5,000 households.
 */
import { categorySensitivity, label, shortLabel } from '../records'
import type { HouseholdSummary } from './contract'
import { loadPinyin, readName, type PinyinTable } from './pinyin'

export interface HouseholdSearch {
  /** The best first; the whole list, unranked, for an empty query. Each word of the query must be found. */
  find(households: readonly HouseholdSummary[], query: string, limit?: number): HouseholdSummary[]
  /** Loads the readings; until it resolves, characters, numbers and addresses are found but pinyin is not. */
  ready: Promise<void>
}

const RESTRICTED = 3 // of sensitivity: never a word in a list
const SEPARATOR = '\n'
const LIMIT = 50
const SLICE_MS = 4
const later: (work: () => void) => void = typeof requestIdleCallback === 'function' ? (work) => void requestIdleCallback(work) : (work) => void setTimeout(work, 0)

/** A household as search reads it. `text` begins with a separator; the head's name and readings end at `headEnd`. */
interface Entry { household: HouseholdSummary; text: string; headEnd: number }

export function makeHouseholdSearch(load: () => Promise<PinyinTable> = loadPinyin): HouseholdSearch {
  let table: PinyinTable | null = null
  let known = new WeakMap<HouseholdSummary, Entry>()
  let lists = new WeakMap<readonly HouseholdSummary[], Entry[]>()
  /** Of the key before: who does not match "li" will not match "lix". */
  let last: { households: readonly HouseholdSummary[]; query: string; found: Entry[] } | null = null
  const ready = load().then((loaded) => {
    table = loaded
    known = new WeakMap()
    lists = new WeakMap()
    last = null
  })
  const entryOf = (household: HouseholdSummary): Entry => {
    let entry = known.get(household)
    if (!entry) known.set(household, (entry = readEntry(household, table)))
    return entry
  }
  const entriesOf = (households: readonly HouseholdSummary[]): Entry[] => {
    let entries = lists.get(households)
    if (!entries) lists.set(households, (entries = households.map(entryOf)))
    return entries
  }
  // While nobody types yet: the first key must not wait for two thousand households to be read.
  let warming: readonly HouseholdSummary[] = []
  const warm = (households: readonly HouseholdSummary[], next: number): void => {
    const until = performance.now() + SLICE_MS
    while (next < households.length && performance.now() < until) entryOf(households[next++] as HouseholdSummary)
    if (next < households.length) later(() => households === warming && warm(households, next))
    else entriesOf(households)
  }
  return {
    ready,
    find(households, query, limit = LIMIT) {
      const wanted = normalise(query)
      const words = wanted.split(/\s+/).filter(Boolean)
      warming = words.length ? warming : households
      if (!words.length && table) later(() => households === warming && warm(households, 0))
      if (!words.length) return [...households]
      const narrows = last?.households === households && wanted.startsWith(last.query)
      const { found, best } = seek(narrows ? (last as { found: Entry[] }).found : entriesOf(households), words)
      last = { households, query: wanted, found }
      return best.length > limit ? best.slice(0, limit) : best
    },
  }
}

/** First whose head's name or its reading starts with the first word, then where some name or number does; each in the order of the list. */
function seek(entries: readonly Entry[], words: readonly string[]): { found: Entry[]; best: HouseholdSummary[] } {
  const [word, ...others] = words as [string, ...string[]]
  const start = SEPARATOR + word
  const found: Entry[] = []
  const ranks: [HouseholdSummary[], HouseholdSummary[], HouseholdSummary[]] = [[], [], []]
  for (const entry of entries) {
    const { text, household, headEnd } = entry
    const first = text.indexOf(word)
    if (first < 0 || !others.every((other) => text.includes(other))) continue
    found.push(entry)
    const at = text[first - 1] === SEPARATOR ? first : text.indexOf(start, first)
    ranks[at < 0 ? 2 : at <= headEnd ? 0 : 1].push(household)
  }
  return { found, best: ranks[0].concat(ranks[1], ranks[2]) }
}

/** Half-width, lower case, ü as v: what the query and the text have in common. */
export function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/ü/g, 'v').trim()
}

function readEntry(household: HouseholdSummary, table: PinyinTable | null): Entry {
  const head = household.headName ? readings(household.headName, table).length : 0
  const text = searchText(household, table)
  let headEnd = 0
  for (let part = 0; part < head; part += 1) headEnd = text.indexOf(SEPARATOR, headEnd + 1)
  return { household, text, headEnd: headEnd < 0 ? text.length : headEnd }
}

export function searchText(household: HouseholdSummary, table: PinyinTable | null): string {
  const names = [...new Set([household.headName, ...household.memberNames])].filter(Boolean)
  const parts = names.flatMap((name) => readings(name, table))
  const numbers = [household.number, household.fileNumber].filter((one): one is string => Boolean(one))
  const categories = household.categories.filter((code) => categorySensitivity(code) < RESTRICTED).map((code) => label('client_category', code) + shortLabel('client_category', code))
  return SEPARATOR + normalise([...parts, ...household.phones, ...household.idTails, ...numbers, household.address, ...categories].join(SEPARATOR))
}

function readings(name: string, table: PinyinTable | null): string[] {
  if (!table) return [name]
  const syllables = readName(table, name)
  return [name, syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')]
}
