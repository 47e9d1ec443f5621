/** Shapes of the generated form and instrument descriptions (schemas/forms, schemas/instruments). */
import type { FieldDescription, Problem, Severity, Words } from '../shapes'

export interface Constraint { that: string; label: Words; severity?: Severity }
/**
 * A field on a card. `show` tells how: choice (big buttons), chips, quick_choice, pick, level (0-3 in words), long_text, members,
 * people, photos, position, instruments, instrument; absent: what fits the type. `default`: a value, or today, now, me.
 */
export interface FormField {
  field: string
  of?: string
  label?: Words
  hint?: Words
  show?: string
  relevant?: string
  required?: string
  /** Parts of a group that must be answered once the group is. */
  parts?: string[]
  default?: string
  filter?: { [column: string]: string }
  constraints?: Constraint[]
}
export interface Card { id: string; label: Words; hint?: Words; relevant?: string; closed?: boolean; tier?: string; instrument?: string; notice?: string; fields: FormField[] }
export interface Calculation { name: string; label: Words; value: string; out_of?: number }
export interface FormDescription {
  id: string
  version: number
  label: Words
  kind: string
  collection: string
  /** F1 to F12, and its step of the process. */
  number?: string
  step?: string
  /** The fields that tell one entry from another in a list. */
  date?: string
  line?: string[]
  help?: Words
  context?: string[]
  cards: Card[]
  calculations?: Calculation[]
}

/** Field key -> value. Absent: not asked. null: asked, no answer. */
export interface FormValues { [key: string]: unknown }

export interface FieldState {
  key: string
  asked: FormField
  field: FieldDescription
  label: Words
  relevant: boolean
  required: boolean
  value: unknown
  wasAsked: boolean
  problems: (Problem & { words?: Words })[]
}
export interface CardState { id: string; card: Card; relevant: boolean; answered: number; fields: FieldState[] }
export interface FormState {
  cards: CardState[]
  calculated: { [name: string]: unknown }
  /** Keys that are demanded and have no answer yet. */
  missing: string[]
  /** Nothing demanded is missing and no value is in error: may be submitted. Saving is always allowed. */
  isComplete: boolean
}

export interface Option { code: string; label: Words; score: number }
/** An item that is not `scored` stays out of the total and is read by alerts and lifts alone. */
export interface Item { id: string; label: Words; part?: string; scored?: boolean; scores?: { [code: string]: number }; options?: Option[] }
/** A band without numbers is reached by a lift alone. */
export interface Band { code: string; from?: number; to?: number; label: Words }
/** Where `when` holds, the result is at least the band `to`, or heavier `by` that many bands. */
export interface Lift { when: string; to?: string; by?: number; label: Words }
export interface Alert { when: string; card: 'crisis' | 'report'; label: Words }
export interface Instrument {
  id: string
  version: number
  label: Words
  source: string
  /** Of whom it is asked; a member unless said otherwise. */
  for?: 'member' | 'household'
  better?: 'low' | 'high'
  min_age?: number
  max_age?: number
  notice: Words
  question: Words
  options: Option[]
  parts?: { id: string; label: Words }[]
  items: Item[]
  score: Words
  bands: Band[]
  lifts?: Lift[]
  alerts?: Alert[]
  fills?: string
  grades?: string
}
