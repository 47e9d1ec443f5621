/** Whether the server's backup has passed what this phone would otherwise have to bring back. */
import { mayForget } from '../sync/log'
import type { FileBody } from '../vault'
import { readStored } from './file-state'
import type { Phone } from './phone'

/** Of a file that left: every own change (L-12). */
export function isBackedUp(phone: Phone, body: FileBody, backedUp: number | null | undefined): boolean {
  return readStored(body).every((known) => !known.verdict || !phone.replicas.has(known.change.replica) || mayForget(known.verdict.position, backedUp ?? null))
}
