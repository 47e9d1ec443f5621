/** Powers apart: who administers what, takeovers by two, the record and whether it is whole. */
import type { Device, Duty } from '../../device'

export type Role = 'system' | 'security' | 'audit'
export interface Administrators { mine: Role | null; reads_audit: boolean; administrators: { person_id: string; name: string; role: Role }[] }
export interface Recovery { recovery_id: string; person_id: string; duty: Duty; reason: string; asked_by: string; asked_at: number; expires_at: number; confirmed_by: string | null; confirmed_at: number | null }
export interface Code { code: string; link: string; expires_at: number }
export interface Entry { position: number; at: number; event: string; person_id: string | null; replica: string | null; about: string }
export interface Verified { entries: number; position: number | null; reason: string | null; checked_at: number }
export interface Person { person_id: string; name: string; duties: { duty: Duty; scopes: string[] }[]; until_at: number | null; ended_at: number | null; role: Role | null }

export const ROLES: Role[] = ['system', 'security', 'audit']
export const getAdministrators = (device: Device): Promise<Administrators> => device.call('GET', '/administrators')
export const listRecoveries = async (device: Device): Promise<Recovery[]> => (await device.call<{ recoveries: Recovery[] }>('GET', '/recoveries')).recoveries
export const askRecovery = (device: Device, wanted: { person_id: string; duty: string; reason: string }): Promise<Recovery> => device.call('POST', '/recoveries', wanted)
export const confirmRecovery = (device: Device, id: string): Promise<Code> => device.call('POST', `/recoveries/${id}/confirm`)
export const verifyAudit = (device: Device): Promise<Verified> => device.call('GET', '/audit/verify')
export const listPeople = async (device: Device): Promise<Person[]> => (await device.call<{ people: Person[] }>('GET', '/people')).people
export const setEnd = async (device: Device, person: string, until: number | null): Promise<Person[]> => (await device.call<{ people: Person[] }>('POST', `/people/${person}/account`, { until_at: until })).people

/** The whole record, page by page from its beginning; newest last. */
export async function listAudit(device: Device, alarms: boolean): Promise<Entry[]> {
  const found: Entry[] = []
  for (let pages = 0; pages < 40; pages += 1) {
    const after = found.length ? found[found.length - 1]!.position : 0
    const page = await device.call<{ entries: Entry[]; more: boolean }>('GET', `/audit?limit=500&after=${after}${alarms ? '&alarms=true' : ''}`)
    found.push(...page.entries)
    if (!page.more || !page.entries.length) break
  }
  return found
}

/** May this administrator confirm it? The other kind, in time, not twice. */
export function mayConfirm(recovery: Recovery, mine: Role | null, me: string | undefined, roleOf: (person: string) => Role | undefined, now: number): boolean {
  if (mine !== 'system' && mine !== 'security') return false
  return recovery.confirmed_at === null && recovery.expires_at > now && recovery.asked_by !== me && roleOf(recovery.asked_by) !== mine
}
