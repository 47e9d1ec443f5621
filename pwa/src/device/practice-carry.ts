/** Bundles of the practice phone: real containers with nothing real in them, so that files and pictures can be tried. */
import { BundleError, bundleId, fileName, fromFile, pack, unpack } from '../sync/bundle'
import type { CarriedItem, Carry } from './carry-contract'
import { DeviceError } from './errors'

const NOWHERE = '0'.repeat(32)
const SEALED_SAVE_BYTES = 900

/** `waiting`: ids of the saves that were not sent. */
export function practiceCarry(waiting: () => string[]): Carry {
  const handed = new Map<string, number>()
  const items = new Map<string, CarriedItem & { bytes: Uint8Array }>()
  const fileOf = (bytes: Uint8Array, saves: string[] = []) => ({ id: bundleId(bytes), kind: unpack(bytes).kind, name: fileName(bytes), bytes, saves })
  return {
    async status() {
      const times = waiting().flatMap((id) => handed.get(id) ?? [])
      return { saves: waiting().length, asks: 0, handed: times.length, handedAt: times.length ? Math.max(...times) : null, recorded: 0, photos: 0, items: [...items.values()].reverse() }
    },
    async exportSaves(ids = waiting()) {
      if (!ids.length) return []
      return [fileOf(pack('saves', NOWHERE, NOWHERE, crypto.getRandomValues(new Uint8Array(ids.length * SEALED_SAVE_BYTES))), [...ids])]
    },
    async noteHanded(saves) {
      for (const id of saves) handed.set(id, Date.now())
    },
    async take(content) {
      try {
        const bytes = fromFile(content)
        const { kind, station } = unpack(bytes)
        if (station !== NOWHERE) throw new BundleError('bundle_elsewhere')
        const id = bundleId(bytes)
        const isNew = !items.has(id)
        if (isNew) items.set(id, { id, kind, at: Date.now(), size: bytes.length, state: 'waiting', code: null, doneAt: null, mine: false, others: kind === 'receipts' ? 1 : 0, bytes })
        return kind === 'saves' ? { kind, isNew } : { kind, isNew, decided: 0, waits: false, others: 1 }
      } catch (error) {
        throw error instanceof BundleError ? new DeviceError(error.code) : error
      }
    },
    async fileOf(id) {
      const item = items.get(id)
      if (!item) throw new DeviceError('not_found', 'no such bundle here')
      return fileOf(item.bytes)
    },
    async renewReceipts() {
      return false
    },
    async drop(id) {
      items.delete(id)
    },
  }
}
