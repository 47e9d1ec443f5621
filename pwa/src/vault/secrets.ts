/** What the vaults hold besides files: the device's own keys in the main vault, today's keys in the route vault. */
import type { Envelope } from '../sync/change'
import type { LogMemory } from '../sync/log'
import type { KdfParameters } from './kdf'

/** One line of the index: what lists and search need of a file. What `line` says is the device's affair. */
export interface IndexEntry {
  file: string
  kind: string
  line: unknown
}

export interface Work {
  m_kib: number
  t: number
  p: number
}
export interface Strength {
  suite: number
  password: Work | null
  field_code: Work
}

/** Under the vault key. Keys are base64url: private ones PKCS#8, public ones raw points. */
export interface MainSecrets {
  replica: string
  signing: string
  signing_public: string
  receipt: string
  inbox: string
  field_code: string
  pin: { kdf: KdfParameters; key: string } | null
  route: { key: string; replica: string; files: string[]; until: number } | null
  replicas: Record<string, Envelope | null> // every replica that signed here, with its certificate
  strength?: Strength // how hard the copies of the vault key are to open; a weaker copy was put there by somebody else
  retired?: string[] // those before the last renewal: what is said of them asks for nothing more
}

/** Under the route key: at most twelve files, until the end of their day. */
export interface RouteSecrets {
  replica: string
  signing: string
  certificate: Envelope
  files: Record<string, string> // file id -> raw key
  index: IndexEntry[]
  policy: Envelope
  until: number
}

/** This store was copied or is older than what it sent: it needs a key of its own. */
export interface Renewal {
  code: 'fork' | 'older'
  at: number
}

/** Under the vault key, written in the same transaction as what it speaks of. */
export interface SyncState {
  cursor: string | null
  recheck?: boolean // after a restart, or packs that were gone: which files are still this phone's waits to be asked (M-4c)
  wanted?: string[] // files that are this phone's again and wait to be asked for by name (M-4c)
  again?: boolean // everything is asked for anew; the cursor stays, because it tells what left meanwhile (M-4a)
  server_at: number
  complete_at: number | null
  policy: Envelope
  policy_tag: string | null
  damaged: string[] // files that did not verify and wait to be fetched again
  packs: { id: string; bytes: number; sha256: string }[] // still to be taken in
  cursor_after_packs: string | null
  renewal?: Renewal | null
  log?: LogMemory // what is remembered of the server's log
  backed_up?: number | null // up to which position the log is safe elsewhere
  erased?: number // the newest erasure that was obeyed
  lines?: string // by which rules the index was made
  restored?: { at: number; brought: number } | null // the server was put back to an older copy
}
