/** How much waits for a deputy, by why. Asked of the server, so online only; the list itself is a screen of its own. */
import type { Device, Why } from '../../device'

export interface DeskCount { why: Why; count: number; people: string[]; oldest: number }
interface Listed { why: Why; person_id: string; received_at: number; asked_at: number | null; status: string }

export async function countDesk(device: Pick<Device, 'call'>): Promise<DeskCount[]> {
  const { items } = await device.call<{ items: Listed[] }>('GET', '/review')
  const counts = new Map<Why, DeskCount>()
  for (const item of items) {
    const why = item.asked_at !== null ? 'asked' : item.why
    const count = counts.get(why) ?? { why, count: 0, people: [], oldest: item.received_at }
    count.count++
    count.oldest = Math.min(count.oldest, item.received_at)
    if (!count.people.includes(item.person_id)) count.people.push(item.person_id)
    counts.set(why, count)
  }
  return [...counts.values()].sort((a, b) => Number(b.why === 'asked') - Number(a.why === 'asked') || a.oldest - b.oldest)
}
