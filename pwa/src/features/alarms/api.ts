/** Alarms of the patches that one answers for; what is still unseen is kept for the count on the list of what waits. */
import { shallowRef } from 'vue'
import type { Device } from '../../device'

export interface Alarm { position: number; at: number; event: string; person_id: string | null; replica: string | null; about: string; seen_by: string | null; seen_at: number | null }

/** As last heard, for whom: another person on the same phone starts with none. */
const heard = shallowRef<{ person: string; alarms: Alarm[] } | null>(null)

export async function fetchAlarms(device: Device): Promise<Alarm[]> {
  const { alarms } = await device.call<{ alarms: Alarm[] }>('GET', '/alarms')
  heard.value = { person: device.me?.personId ?? '', alarms }
  return alarms
}
export const knownAlarms = (device: Device): Alarm[] => (heard.value && heard.value.person === device.me?.personId ? heard.value.alarms : [])
export const unseen = (alarms: readonly Alarm[]): Alarm[] => alarms.filter((one) => one.seen_at === null)
export const noteSeen = (device: Device, position: number): Promise<void> => device.call('POST', `/alarms/${position}/seen`)

/** The figures in the record's own sentence: `151 files on 2026-11-22, 40 within an hour`. */
export function figuresOf(about: string): { files: number; on: string; hour: number } | null {
  const found = /^(\d+) files on (\d{4}-\d\d-\d\d), (\d+) within an hour$/.exec(about)
  return found ? { files: Number(found[1]), on: found[2] as string, hour: Number(found[3]) } : null
}
