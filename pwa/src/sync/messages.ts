/** The calls of PROTOCOL.md 7 as the phone writes and reads them; who sends them is `api/`, what they mean `device/`. */
import type { Envelope } from './change'

export const CHANGES_PER_BATCH_MAX = 200
export const BATCH_BYTES_MAX = 1048576

/** M-1: push and pull in one round trip. */
export interface SyncRequest { push: Envelope[]; certificates: Envelope[]; cursor: string | null; again?: boolean; limit?: number; log?: LogClaim; handovers?: number; erased?: number }

/** L-7: the log that a phone remembers. */
export interface LogClaim { epoch: number; size: number; hash: string }

/** M-2. `verdict`: a change that was already sent, or is the reader's own, got a new verdict. */
export type Entry =
  | { kind: 'change'; envelope: Envelope; verdict: Envelope }
  | { kind: 'verdict'; verdict: Envelope }
  | { kind: 'enter'; file: string; scope: string }
  | { kind: 'leave'; file: string }

/** M-4: an immutable, resumable snapshot of one scope. */
export interface PackOffer { id: string; scope: string; bytes: number; sha256: string; cursor: string }

/** M-1 to M-4. The cursor is stored in the same transaction as the page it covers. */
export interface SyncAnswer {
  verdicts: Envelope[]
  entries: Entry[]
  cursor: string | null
  more: boolean
  server_at: number
  epoch: number
  packs: PackOffer[]
  digests: { [file: string]: string }
  log?: { root: Envelope; proof: string[] } | null // L-7; absent where the root is the named one
  backed_up?: number | null // L-12
  erased?: Envelope[] // Z-3
}

/** First line of a pack, and each further one: a file with all its accepted changes. */
export interface PackHead { type: 'pack'; v: 1; deployment: string; station: string; scope: string; cursor: string; root?: Envelope | null }
export interface PackedFile { file: string; kind: string; scope: string; changes: { envelope: Envelope; verdict: Envelope }[] }

/** L-9 to L-11: what differs, what a witness shows, what a restarted server is given back. */
export const FILES_PER_HAVE_MAX = 500
export interface HaveRequest { files: { [file: string]: string }; changes?: boolean }
export interface HaveAnswer { differ: string[]; unknown: string[]; files: PackedFile[] }
export interface WitnessRequest { root: Envelope | null; remembered: LogClaim[] }
export interface WitnessAnswer { root: Envelope; restarts: Envelope[]; state: 'sound' | 'differs' }
export interface ReturnAnswer { results: { id: string; code: 'taken' | 'known' | 'refused' }[] }

/** M-5: saves encrypted to the server's sealing key; `id` is the change id. */
export interface SealedItem { id: string; sealed: string }
export interface SealedRequest { items: SealedItem[] }
export interface SealedAnswer { results: { id: string; code: 'received' | 'known' | 'refused' }[] }

/** B-6: what became of a bundle that was handed in. `receipts`: the bundle to carry back, base64url. */
export interface HandedIn { id: string; results: { id: string; code: 'received' | 'known' | 'refused' }[]; receipts: string | null }

/** RFC 9457 problem details with our stable `code`. */
export interface Problem { type: string; title: string; status: number; code: string; detail: string; field?: string | null }
