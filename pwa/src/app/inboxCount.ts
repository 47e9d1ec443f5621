/** The number on the 待办 tab: what this person can settle, from the summaries in memory. */
import type { Device } from '../device'

const REVIEWABLE = new Set(['submitted', 'amendment_submitted', 'stale'])

export function inboxCount(device: Pick<Device, 'households' | 'me' | 'samePersons' | 'sync'>): number {
  const decides = device.me?.duties.some((duty) => duty === 'deputy' || duty === 'head') ?? false
  const isHead = device.me?.duties.includes('head') ?? false
  // Refused saves of households that went elsewhere count too: they stand in no summary.
  let count = device.sync.returnedCount + (decides ? device.samePersons.filter((pair) => !pair.settled).length : 0)
  for (const household of device.households) {
    count += (household.alarms?.filter((one) => decides || one.raisedBy === device.me?.personId).length ?? 0) + household.conflicts + (decides ? (household.semantic?.open ?? 0) + household.toDecide : 0)
    for (const state of household.sectionStates) {
      if (decides ? REVIEWABLE.has(state) || (isHead && state === 'submitted_above') : state === 'returned') count += 1
    }
  }
  return count
}
