/**
 * Search as one types, over what is open in memory: one lower-cased string per household (names, pinyin, initials, ID tails,
 * phones, address) and `includes`. Exact, no index to keep fresh; a few milliseconds for 5,000 households.
 */
import type { HouseholdSummary } from './contract'
import { loadPinyin, readName, type PinyinTable } from './pinyin'

export interface HouseholdSearch {
  /** Best 50 first; the whole list, unranked, for an empty query. Each word of the query must be found. */
  find(households: readonly HouseholdSummary[], query: string, limit?: number): HouseholdSummary[]
  /** Loads the readings; until it resolves, characters, numbers and addresses are found but pinyin is not. */
  ready: Promise<void>
}

const SEPARATOR = '\n'
const LIMIT = 50
const SLICE_MS = 4
const later: (work: () => void) => void = typeof requestIdleCallback === 'function' ? (work) => void requestIdleCallback(work) : (work) => void setTimeout(work, 0)

export function makeHouseholdSearch(load: () => Promise<PinyinTable> = loadPinyin): HouseholdSearch {
  let table: PinyinTable | null = null
  let texts = new WeakMap<HouseholdSummary, string>()
  const ready = load().then((loaded) => {
    table = loaded
    texts = new WeakMap()
  })
  const textOf = (household: HouseholdSummary): string => {
    let text = texts.get(household)
    if (text === undefined) texts.set(household, (text = searchText(household, table)))
    return text
  }
  // While nobody types yet: the first key must not wait for two thousand households to be read.
  let warming: readonly HouseholdSummary[] = []
  const warm = (households: readonly HouseholdSummary[], next: number): void => {
    const until = performance.now() + SLICE_MS
    while (next < households.length && performance.now() < until) textOf(households[next++] as HouseholdSummary)
    if (next < households.length) later(() => households === warming && warm(households, next))
  }
  return {
    ready,
    find(households, query, limit = LIMIT) {
      const words = normalise(query).split(/\s+/).filter(Boolean)
      warming = words.length ? warming : households
      if (!words.length && table) later(() => households === warming && warm(households, 0))
      if (!words.length) return [...households]
      const found: { household: HouseholdSummary; rank: number }[] = []
      for (const household of households) {
        const text = textOf(household)
        if (words.every((word) => text.includes(word))) found.push({ household, rank: rank(household, text, words[0] as string) })
      }
      return found
        .sort((a, b) => a.rank - b.rank || compare(a.household.headName, b.household.headName) || compare(a.household.fileId, b.household.fileId))
        .slice(0, limit)
        .map(({ household }) => household)
    },
  }
}

/** Half-width, lower case, ü as v: what the query and the text have in common. */
export function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/ü/g, 'v').trim()
}

export function searchText(household: HouseholdSummary, table: PinyinTable | null): string {
  const names = [...new Set([household.headName, ...household.memberNames])].filter(Boolean)
  const parts: string[] = []
  for (const name of names) {
    parts.push(name)
    if (!table) continue
    const syllables = readName(table, name)
    parts.push(syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join(''))
  }
  return normalise([...parts, ...household.phones, ...household.idTails, household.address].join(SEPARATOR))
}

/** 0: the head's name or its reading starts with the word; 1: some name or number does; 2: it stands somewhere. */
function rank(household: HouseholdSummary, text: string, word: string): number {
  const head = household.headName.toLowerCase()
  if (head.startsWith(word)) return 0
  const at = (SEPARATOR + text).indexOf(SEPARATOR + word)
  if (at < 0) return 2
  return head !== '' && text.startsWith(head) && text.slice(0, at).split(SEPARATOR).length <= 3 ? 0 : 1
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
