/** Changes that the server holds until a deputy lets them in or declines them. Asked of the server, so online only. */
import type { Device } from '../../device/contract'

export interface DeskItem {
  change: string
  file: string
  scope: string
  replica: string
  person_id: string
  act: string
  status: 'held' | 'quarantined'
  received_at: number
  reasons: { code: string; say?: string }[]
}

export async function listDesk(device: Device): Promise<DeskItem[]> {
  return (await device.call<{ items: DeskItem[] }>('GET', '/review')).items
}

export async function decideDesk(device: Device, change: string, decision: 'accept' | 'decline', reason: string): Promise<void> {
  await device.call('POST', `/review/${change}`, { decision, ...(reason.trim() ? { reason: reason.trim() } : {}) })
}
