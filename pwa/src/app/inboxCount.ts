/** The number on the 待办 tab: what this person can settle, from the summaries in memory. */
import type { Device } from '../device'

const REVIEWABLE = new Set(['submitted', 'amendment_submitted', 'stale'])

export function inboxCount(device: Pick<Device, 'households' | 'me' | 'samePersons'>): number {
  const decides = device.me?.duties.some((duty) => duty === 'deputy' || duty === 'head') ?? false
  let count = decides ? device.samePersons.filter((pair) => !pair.settled).length : 0
  for (const household of device.households) {
    count += household.returned + household.conflicts + (decides ? (household.semantic?.open ?? 0) : 0)
    for (const state of household.sectionStates) {
      if (decides ? REVIEWABLE.has(state) : state === 'returned') count += 1
    }
  }
  return count
}
