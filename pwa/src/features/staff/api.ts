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
}
export interface EnrolmentCode { code: string; link: string; expires_at: number }

export async function listPeople(device: Device): Promise<Person[]> {
  return (await device.call<{ people: Person[] }>('GET', '/people')).people
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
