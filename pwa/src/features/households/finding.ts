/** What a list of households is searched for and what was found of it. Read part by part: a key draws the field and the results, not the page. */
import { onBeforeUnmount, ref, shallowReactive, watch, type ComputedRef } from 'vue'
import { makeHouseholdSearch, type HouseholdSummary } from '../../device'

export interface Finding {
  query: string
  /** The words once the fingers rest: what stands below the list need not be drawn at each key. */
  settled: string
  found: readonly HouseholdSummary[]
}

const REST_MS = 250

/** A key that finds the same households draws none of them. */
function sameOr(before: Finding['found'], found: Finding['found']): Finding['found'] {
  return before.length === found.length && found.every((one, i) => one === before[i]) ? before : found
}

export function useFinding(households: ComputedRef<readonly HouseholdSummary[]>): Finding {
  const finding = shallowReactive<Finding>({ query: '', settled: '', found: [] })
  const search = makeHouseholdSearch()
  const hasPinyin = ref(false)
  search.ready.then(() => (hasPinyin.value = true), () => undefined)
  // Searched again once pinyin can be read.
  watch([households, () => finding.query, hasPinyin], () => search.look(households.value, finding.query, (found) => (finding.found = sameOr(finding.found, found))), { immediate: true })
  let resting = 0
  watch(() => finding.query, (query) => {
    clearTimeout(resting)
    resting = window.setTimeout(() => (finding.settled = query), REST_MS)
  }) // prettier-ignore
  onBeforeUnmount(() => {
    search.stop()
    clearTimeout(resting)
  })
  return finding
}
