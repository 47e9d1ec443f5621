/**
 * How long this phone may go without contact (PROTOCOL 16, W-8): past it nothing opens until the server was heard, but recording and
 * uploading go on. Time is what the phone lived through: a clock that was set back starts from where it was, so it extends nothing.
 */
import { write } from '../vault/database'
import type { ClearRow } from '../vault/rows'
import type { Lease } from './contract'
import { DeviceError } from './errors'
import type { Phone } from './phone'

const DAY_MS = 86_400_000
const WARNED_MS = 2 * DAY_MS
const DAYS = 14 // of a vault made before the policy's own days were kept beside it

/** The clock, and what it was set back by since the last contact. */
function livedUntil(clear: ClearRow, now: number): { at: number; skew: number } {
  const seen = Math.max(clear.seen_at ?? 0, clear.contact_at)
  const skew = Math.max(clear.skew ?? 0, seen - now)
  return { at: now + skew, skew }
}

export function leaseOf(clear: ClearRow | null, now: number): Lease {
  if (!clear?.contact_at) return { state: 'fine', until: null }
  const { at, skew } = livedUntil(clear, now)
  const ends = clear.contact_at + (clear.lease_days ?? DAYS) * DAY_MS
  return { state: at > ends ? 'over' : at > ends - WARNED_MS ? 'soon' : 'fine', until: ends - skew }
}

export function mustHaveLease(phone: Phone): void {
  if (leaseOf(phone.clear, phone.now()).state === 'over') throw new DeviceError('lease_over', 'no contact for too long')
}

/** Writes down how far this phone has lived, and says what is left. Called when a vault opens and by the clockwork. */
export async function liveOn(phone: Phone): Promise<Lease> {
  const { clear, database } = phone
  if (clear?.contact_at && database) {
    const { at, skew } = livedUntil(clear, phone.now())
    const facts = { seen_at: at, skew }
    phone.clear = { ...clear, ...facts }
    await write(database, ['clear'], async (transaction) => {
      const row = await transaction.objectStore('clear').get('clear')
      // Contact in another tab meanwhile: its word is newer.
      if (row && row.contact_at === clear.contact_at) await transaction.objectStore('clear').put({ ...row, ...facts })
      else if (row) phone.clear = row
    }).catch(() => undefined)
  }
  return (phone.state.lease = leaseOf(phone.clear, phone.now()))
}

/** The server was heard: the count begins anew, by this phone's clock of now. */
export async function heardServer(phone: Phone): Promise<void> {
  const at = phone.now()
  await phone.rememberClear({ contact_at: at, seen_at: at, skew: 0 })
  phone.state.lease = leaseOf(phone.clear, at)
}
