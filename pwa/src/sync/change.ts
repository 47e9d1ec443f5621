/**
 * One atomic save by one person on one replica (PROTOCOL.md N-3 to C-6): its body, how it is made and how a received
 * one is read. Signing is in `signatures.ts`; what a change means is in `fold.ts`.
 */
import { canonicalize, type Json } from './canonical'
import type { Base, Dot } from './versions'

export const ACTS = ['save', 'resolve', 'submit', 'approve', 'return', 'withdraw', 'transfer', 'void', 'merge'] as const
export type Act = (typeof ACTS)[number]

/** `path` is `field`, `collection/<id>` or `collection/<id>/field`. */
export type Operation =
  | { op: 'set'; path: string; value: Json }
  | { op: 'add' | 'remove'; path: string; value: string | number }
  | { op: 'append'; path: string; id: string; value: { [field: string]: Json } }
  | { op: 'void' | 'restore'; path: string }

/** Which content of which section a submit, approve, return or withdraw speaks of. */
export interface About {
  section: string
  content: string
  schema: number
  step?: number
  remarks?: { [path: string]: string }
}

/** The body of a change, key for key. Unknown keys of a newer version stay in it. */
export interface Change {
  type: 'change'
  v: 1
  suite: 1
  deployment: string
  station: string
  scope: string
  file: string
  kind: string
  replica: string
  seq: number
  prev: string | null
  base: Base
  seen: string | null
  schema: number
  at: number
  server_at: number
  person: string
  epoch: number
  act: Act
  ops: Operation[]
  salt: string
  reason?: string
  about?: About
}

/** A signed document as it travels: the canonical text itself and 64 bytes r‖s in base64url. */
export interface Envelope { body: string; sig: string }

export function dotOf(change: { replica: string; seq: number }): Dot {
  return [change.replica, change.seq]
}

export { canonicalize }
