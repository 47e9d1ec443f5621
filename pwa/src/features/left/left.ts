/** Records that were left on wiped phones: what the server keeps for whoever decides, and writing one down under one's own name. */
import { shallowReactive } from 'vue'
import type { Device } from '../../device'

export interface LeftRecord { record_id: string; person_id: string; at: number; received_at: number; said: { villageName: string; personName: string; note: string; values: Record<string, unknown> } }

const AGAIN_MS = 60_000
/** What was last heard, of the person who is here. */
const heard = shallowReactive<{ person: string; at: number; records: LeftRecord[] }>({ person: '', at: 0, records: [] })

const decides = (device: Device) => device.mode === 'main' && (device.me?.duties.some((duty) => duty !== 'worker') ?? false)

export function knownLeft(device: Device): LeftRecord[] {
  return decides(device) && heard.person === device.me?.personId ? heard.records : []
}

export async function fetchLeft(device: Device, now: number, again = false): Promise<void> {
  const person = device.me?.personId ?? ''
  if (!decides(device) || !device.sync.online || (!again && heard.person === person && now - heard.at < AGAIN_MS)) return
  Object.assign(heard, { at: now, ...(heard.person === person ? {} : { person, records: [] }) })
  const { records } = await device.call<{ records: LeftRecord[] }>('GET', '/left-records')
  heard.records = records
}

/** First it is on this phone, signed; then it waits for nobody any more. */
export async function writeDown(device: Device, one: LeftRecord): Promise<void> {
  const { villageName, personName, note, values } = one.said
  await device.recordUnlinked({ villageName, personName, note, values })
  await settle(device, one, true)
}

export async function settle(device: Device, one: LeftRecord, taken: boolean): Promise<void> {
  await device.call('POST', `/left-records/${one.record_id}`, { taken })
  heard.records = heard.records.filter((other) => other.record_id !== one.record_id)
}
