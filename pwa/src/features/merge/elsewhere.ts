/**
 * Households of this phone whose person stands in a file of another patch too: only the server can know, and it tells only those who
 * may know. Asked when online, at most every few minutes; without an answer the last one stands.
 */
import { shallowRef } from 'vue'
import type { Device } from '../../device'

export interface Elsewhere { id: string; fileId: string; scope: string }
interface Answer { items: { conflict: string; settled: boolean; files: { file: string; scope: string; readable: boolean }[] }[] }

const ASK_AGAIN_MS = 300_000
const known = shallowRef<Elsewhere[]>([])
let askedAt = 0
let askedBy = ''

export function elsewhere(device: Device): Elsewhere[] {
  const me = device.me?.personId ?? ''
  const due = Date.now() - askedAt > ASK_AGAIN_MS || askedBy !== me
  if (due && device.sync.online && device.mode === 'main' && me) {
    if (askedBy !== me) known.value = []
    askedAt = Date.now()
    askedBy = me
    void ask(device).then((found) => { if (askedBy === me) known.value = found }, () => undefined) // asked again later
  }
  return askedBy === me ? known.value : []
}

async function ask(device: Device): Promise<Elsewhere[]> {
  const { items } = await device.call<Answer>('GET', '/same-person')
  return items.reduce<Elsewhere[]>((all, item) => {
    const [mine, other] = [item.files.find((file) => file.readable), item.files.find((file) => !file.readable)]
    return item.settled || !mine || !other ? all : all.concat({ id: item.conflict, fileId: mine.file, scope: other.scope })
  }, [])
}
