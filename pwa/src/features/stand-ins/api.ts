/** Stand-ins with their dates. */
import type { Device, Duty } from '../../device'

export interface StandIn { stand_in_id: string; person_id: string; for_person_id: string; duty: Duty; from_at: number; until_at: number; state: 'planned' | 'running' | 'over' }
export interface Person { person_id: string; name: string; duties: { duty: Duty; scopes: string[] }[]; ended_at: number | null; role: string | null }

export const listStandIns = async (device: Device): Promise<StandIn[]> => (await device.call<{ stand_ins: StandIn[] }>('GET', '/stand-ins')).stand_ins
export const listPeople = async (device: Device): Promise<Person[]> => (await device.call<{ people: Person[] }>('GET', '/people')).people.filter((one) => one.ended_at === null)
export const giveStandIn = (device: Device, wanted: { person_id: string; for_person_id: string; from_at: number; until_at: number }): Promise<StandIn> => device.call('POST', '/stand-ins', wanted)
export const endStandIn = (device: Device, id: string): Promise<void> => device.call('DELETE', `/stand-ins/${id}`)

/** From the morning of one day to the night of another; one that begins today begins now. */
export function spanOf(from: string, until: string, now: number): { from_at: number; until_at: number } {
  const at = (on: string, days: number) => {
    const [year, month, day] = on.split('-').map(Number) as [number, number, number]
    return new Date(year, month - 1, day + days).getTime()
  }
  return { from_at: Math.max(at(from, 0), now), until_at: at(until, 1) - 1000 }
}
