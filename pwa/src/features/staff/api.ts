/** What the staff screen asks of the server: people, their phones, new enrolment codes, revocation. Online only. */
import type { Device, Duty } from '../../device/contract'

export interface Person { person_id: string; name: string; duties: { duty: Duty; scopes: string[] }[]; devices: number }
export interface EnrolledDevice {
  replica: string
  person_id: string
  person_name: string
  label: string
  enrolled_at: number
  revoked_at: number | null
  last_contact_at: number | null
  unsent_count: number | null
  unsent_since: number | null
  forks: number // changes that came twice under one number: its storage was copied or put back
}
export interface EnrolmentCode { code: string; link: string; expires_at: number }

export interface Patch { id: string; name: string }
export interface Staff { people: Person[]; patches: Patch[] } // patches: those on which the caller may give a duty
export type GivenDuties = Person['duties']

export function listStaff(device: Device): Promise<Staff> {
  return device.call<Staff>('GET', '/people')
}

export async function addPerson(device: Device, name: string, duties: GivenDuties): Promise<string> {
  return (await device.call<{ person_id: string }>('POST', '/people', { name, duties })).person_id
}

export function changeDuties(device: Device, personId: string, duties: GivenDuties): Promise<Staff> {
  return device.call<Staff>('POST', `/people/${personId}/duties`, { duties })
}

const RANKS: Duty[] = ['head', 'deputy', 'worker']

/** Which duties this caller gives: a head any, a deputy that of worker. */
export function givableDuties(own: readonly Duty[]): Duty[] {
  return own.includes('head') ? RANKS : own.includes('deputy') ? ['worker'] : []
}

/** The duties after a form gave one on some patches: what the caller may not touch stays as it is. */
export function dutiesAfter(before: GivenDuties, given: { duty: Duty; scopes: string[] } | null, patches: readonly Patch[], givable: readonly Duty[]): GivenDuties {
  const mine = new Set(patches.map((patch) => patch.id))
  const kept = before.map(({ duty, scopes }) => ({ duty, scopes: givable.includes(duty) ? scopes.filter((scope) => !mine.has(scope)) : scopes }))
  for (const scope of given?.scopes ?? []) {
    const held = kept.find((one) => one.duty === given?.duty)
    if (held) held.scopes.push(scope)
    else kept.push({ duty: given!.duty, scopes: [scope] })
  }
  return kept.filter((one) => one.scopes.length > 0).sort((a, b) => RANKS.indexOf(a.duty) - RANKS.indexOf(b.duty))
}

export async function listDevices(device: Device): Promise<EnrolledDevice[]> {
  return (await device.call<{ devices: EnrolledDevice[] }>('GET', '/devices')).devices
}

export function makeCode(device: Device, personId: string): Promise<EnrolmentCode> {
  return device.call<EnrolmentCode>('POST', '/enrolment/codes', { person_id: personId })
}

export async function revokeDevice(device: Device, replica: string): Promise<void> {
  await device.call('POST', `/devices/${replica}/revoke`)
}

/** Live phones first, then by the last contact; a phone that was never heard of again comes last. */
export function orderDevices(devices: EnrolledDevice[], withRevoked: boolean): EnrolledDevice[] {
  const shown = devices.filter((one) => withRevoked || one.revoked_at === null)
  return shown.sort((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null) || (b.last_contact_at ?? 0) - (a.last_contact_at ?? 0))
}
