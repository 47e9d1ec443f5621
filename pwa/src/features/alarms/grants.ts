/** How many grants wait for this deputy's decision, as last heard; asked for together with the alarms. */
import { shallowRef } from 'vue'
import type { Device, Grant } from '../../device'

const heard = shallowRef<{ person: string; waiting: number } | null>(null)

export async function fetchWaiting(device: Device): Promise<void> {
  const { grants } = await device.call<{ grants: Grant[] }>('GET', '/grants')
  const person = device.me?.personId ?? ''
  heard.value = { person, waiting: grants.filter((one) => one.state === 'asked' && one.person_id !== person && one.until_at > Date.now()).length }
}
export const waitingGrants = (device: Device): number => (heard.value && heard.value.person === device.me?.personId ? heard.value.waiting : 0)
