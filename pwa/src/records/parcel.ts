/** A parcel that is handed to a receiver: what it says, and the codes by which the receiver answers from outside. Pure but for hashing. */
import type { Page } from './shareable'

export interface ParcelFile { name: string; media_type: string; data: string } // base64

export interface Parcel {
  yihu_parcel: 1
  id: string
  from: { station: string; worker: string; phone: string }
  to: string
  made_at: number
  answer_due_on: string
  about: { label: string; value: string }[]
  pages: Page[]
  files: ParcelFile[]
  opening: { root: Record<string, unknown>; members: Record<string, unknown>[] }
  secret: string // 64 hex: only who opened the parcel can make its receipts
}

export const OUTCOMES = ['accepted', 'refused', 'contacted'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Eight digits that only who opened the parcel can tell; `reader.html` makes the same. */
export async function receiptCode(secret: string, outcome: Outcome): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`yihu/receipt\n${secret}\n${outcome}`)))
  const number = ((hash[0]! * 256 + hash[1]!) * 256 + hash[2]!) * 256 + hash[3]!
  return String(number % 100_000_000).padStart(8, '0')
}

/** What a code that was read out over the phone says; null where it is none of this parcel's. */
export async function readReceipt(secret: string, typed: string): Promise<Outcome | null> {
  const digits = typed.replace(/\D/g, '')
  for (const outcome of OUTCOMES) if ((await receiptCode(secret, outcome)) === digits) return outcome
  return null
}
