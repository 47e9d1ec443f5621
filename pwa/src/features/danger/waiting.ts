import type { Device, HouseholdSummary } from '../../device'
import type { Alarm } from '../../records/open'

export interface Waiting { household: HouseholdSummary; alarm: Alarm }

/** What this person has to do: write up what one raised; see, and see to it that it is written up, what others raised. */
export function waitingOf(device: Pick<Device, 'households' | 'me'>): Waiting[] {
  const decides = device.me?.duties.some((duty) => duty !== 'worker') ?? false
  const found: Waiting[] = []
  for (const household of device.households) {
    for (const alarm of household.alarms ?? []) if (decides || (alarm.raisedBy === device.me?.personId && !alarm.written)) found.push({ household, alarm })
  }
  return found.sort((a, b) => a.alarm.foundAt - b.alarm.foundAt)
}
