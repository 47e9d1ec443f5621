/** What stands in the databases of this phone, store by store: ciphertext, and in clear only opaque ids and counts. */
import type { DBSchema } from 'idb'
import type { Envelope } from '../sync/change'
import type { KdfParameters } from './kdf'
import type { Sealed } from './suite'

/** A copy of the vault key under one secret. The facts beside `wrapped` are authenticated with it. */
export interface Wrap {
  kdf: KdfParameters
  wrapped: Sealed
}

/** A copy of the vault key under what the phone's own authenticator (fingerprint, face, screen lock) answers to `salt`. */
export interface AuthenticatorWrap {
  credential: string // base64url
  salt: string // base64url, 32 bytes
  at: number
  wrapped: Sealed
}

export interface MainKeyRow {
  id: 'main'
  v: 1
  person: string
  replica: string
  password: Wrap | null
  field_code: Wrap
  authenticator?: AuthenticatorWrap | null
}

export interface RouteKeyRow {
  id: 'route'
  v: 1
  person: string
  until: number // ms
  pin: Wrap
  tries_left: number
}

/** `key` is the file's key under the vault key, or sealed to the inbox while it was made with the vault closed. */
export interface FileRow {
  id: string
  rev: number
  key: Sealed | { inbox: Uint8Array }
  body: Sealed
}

export interface IndexRow {
  chunk: number
  rev: number
  body: Sealed
}

export type OutboxFate = 'unsent' | 'accepted' | 'held' | 'quarantined' | 'returned' | 'declined'

export interface OutboxRow {
  id: string // change id
  file: string
  replica: string
  seq: number
  at: number
  sealed: Uint8Array | null // for the server; dropped when decided
  received: boolean // the server has it
  fate: OutboxFate
  dismissed: boolean
  handed_at?: number // when it was last given to somebody to carry
  forked?: boolean // quarantined because another save stands under its number
  asked_at?: number // when its author asked the deputy to look
}

export interface DraftRow {
  id: string // SHA-256 of the draft's key, and the layer
  layer: 'vault' | 'route' | 'file' | 'inbox'
  file: string | null
  at: number
  body: Sealed | null
  inbox: Uint8Array | null
}

/** Something recorded with the vault closed, sealed to the vault's inbox. */
export interface InboxRow {
  id: string
  at: number
  body: Uint8Array
  station?: Uint8Array // the same, sealed to the station: what goes up before a vault is wiped that was never opened again
}

export interface AttachmentRow {
  id: string // file and SHA-256 of the plain bytes
  file: string
  media_type: string
  bytes: number
  uploaded: boolean
  location: string | null // of a begun upload
  used_at: number
  small?: boolean // a small picture of another one: sent first, evicted last
  named?: boolean // false: no save names it yet, so it is nobody's to send
  body: Sealed
}

/** A bundle in somebody else's pocket: this phone's. Its payload is sealed to the station, or to the devices it goes to. */
export interface CarriedRow {
  id: string // SHA-256 of the bundle
  kind: 'saves' | 'receipts'
  at: number
  bytes: Uint8Array // of saves that were handed in: none
  size: number
  state: 'waiting' | 'handed_in' | 'refused' | 'taken_in'
  code: string | null // why it was refused
  done_at: number | null
  mine: boolean // receipts: some are for this device and not read yet
  others: number // receipts: for how many other devices
}

/** Part of a pack being fetched. */
export interface PartRow {
  id: string // pack id and offset
  pack: string
  offset: number
  body: Sealed
}

/** Singletons: 'secrets' and 'sync' under the vault key, 'route' under the route key. */
export interface StateRow {
  id: string
  body: Sealed
}

/** What must be known with everything closed: where to send, to whom to seal, which villages to offer. No person is in it. */
export interface ClearRow {
  id: 'clear'
  v: 1
  deployment: string
  station: { id: string; name: string }
  person: string
  replica: string
  sealing_key: string // raw point, base64url
  verdict_key?: string // whose wipe order is believed, raw point, base64url; absent until the next full unlock
  inbox_key: string // raw point, base64url
  villages: { id: string; name: string; scope: string }[]
  epoch: number
  server_at: number
  contact_at: number
  lease_days?: number // without contact for longer, nothing opens
  seen_at?: number // the latest time this phone lived through since then, by `now + skew`
  skew?: number // what its clock was set back by, taken together
  stale: string[] // files written with the route key only: the index does not know yet
}

export interface VaultSchema extends DBSchema {
  keys: { key: string; value: MainKeyRow | RouteKeyRow }
  clear: { key: string; value: ClearRow }
  state: { key: string; value: StateRow }
  files: { key: string; value: FileRow }
  index: { key: number; value: IndexRow }
  outbox: { key: string; value: OutboxRow }
  drafts: { key: string; value: DraftRow }
  inbox: { key: string; value: InboxRow }
  attachments: { key: string; value: AttachmentRow }
  carried: { key: string; value: CarriedRow }
  parts: { key: string; value: PartRow; indexes: { pack: string } }
}

/** `person` is the key: a person's id, or for an earlier vault that still holds something `kept:` and its database. */
export interface HolderRow {
  person: string
  kept_of?: string // the person whose earlier vault this is
  upload_until?: number // until when this browser's upload session need not be opened anew
  name: string
  database: string
  route_until: number | null
  used_at: number
  wiped?: string // the replica whose wipe order was obeyed here; stays until the server was told
}

export interface DirectorySchema extends DBSchema {
  holders: { key: string; value: HolderRow }
}

/** A change as the phone keeps it: what was signed, and the server's latest word on it. */
export interface StoredChange {
  envelope: Envelope
  verdict: Envelope | null
}

/** A file as the phone keeps it, in the order the phone learnt of its changes. */
export interface FileBody {
  file: string
  kind: string
  scope: string
  left: boolean // it moved out of this device's scopes
  left_epoch?: number // the policy under which it was last open to writing: what was begun then is saved under it
  changes: StoredChange[]
}
