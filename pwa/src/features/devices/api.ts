/** What the pages of devices ask of the server, and what follows from it: how a phone stands, what it held. Pure but for the calls. */
import type { Device } from '../../device'

export interface EnrolledDevice {
  replica: string
  person_id: string
  person_name: string
  label: string
  enrolled_at: number
  revoked_at: number | null
  order_at: number | null
  wiped_at: number | null
  lease_until: number | null
  last_contact_at: number | null
  unsent_count: number | null
  unsent_since: number | null
  software: string | null
  forks: number
}
export interface Held { file: string; kind: string; scope: string; classes: string[]; fields: string[] }

export const listDevices = async (device: Device): Promise<EnrolledDevice[]> => (await device.call<{ devices: EnrolledDevice[] }>('GET', '/devices')).devices
export const listHeld = async (device: Device, replica: string): Promise<Held[]> => (await device.call<{ files: Held[] }>('GET', `/devices/${replica}/held`)).files
export const revoke = (device: Device, replica: string): Promise<void> => device.call('POST', `/devices/${replica}/revoke`)

const DAY_MS = 86_400_000
const WARN_DAYS = 2

export type Lease = 'fine' | 'soon' | 'over'

export function leaseOf(one: EnrolledDevice, now: number): Lease {
  if (one.lease_until === null) return 'fine'
  return one.lease_until <= now ? 'over' : one.lease_until - now <= WARN_DAYS * DAY_MS ? 'soon' : 'fine'
}

export type Wipe = 'none' | 'asked' | 'fetched' | 'obeyed'

export function wipeOf(one: EnrolledDevice): Wipe {
  if (one.revoked_at === null) return 'none'
  return one.wiped_at !== null ? 'obeyed' : one.order_at !== null ? 'fetched' : 'asked'
}

/** Those that need a look first: revoked and not yet wiped, then by what is unsent, then the longest out of contact. */
export function inOrder(devices: readonly EnrolledDevice[]): EnrolledDevice[] {
  const rank = (one: EnrolledDevice) => (one.wiped_at !== null ? 2 : one.revoked_at !== null ? 0 : 1)
  return [...devices].sort((a, b) => rank(a) - rank(b) || Number((b.unsent_count ?? 0) > 0) - Number((a.unsent_count ?? 0) > 0) || (a.last_contact_at ?? 0) - (b.last_contact_at ?? 0))
}

/** A cell that a spreadsheet takes as text, whatever somebody was called. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.split('"').join('""')}"`
}

export function csvOf(rows: readonly (readonly string[])[]): string {
  return '\uFEFF' + rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}
