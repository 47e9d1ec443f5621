/** Parcels that other stations sent, as last heard; the list of what waits counts them without asking each time. */
import { shallowRef } from 'vue'
import type { Device } from '../../device'

export interface Incoming { parcel_id: string; peer_name: string; state: string; made_at: number }
export const received = shallowRef<Incoming[]>([])
const ASK_MS = 5 * 60_000
let askedAt = 0

export async function listReceived(device: Device): Promise<Incoming[]> {
  const { parcels } = await device.call<{ parcels: Incoming[] }>('GET', '/referrals/received')
  askedAt = Date.now()
  return (received.value = parcels)
}

/** Asks now and then, for those who decide. */
export function hearOfReceived(device: Device): void {
  const decides = device.me?.duties.some((duty) => duty !== 'worker') ?? false
  if (!decides || !device.sync.online || device.mode !== 'main' || Date.now() - askedAt < ASK_MS) return
  askedAt = Date.now()
  void listReceived(device).catch(() => undefined)
}
