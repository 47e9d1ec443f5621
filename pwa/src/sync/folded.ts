/** What a fold gives: plain data, the same JSON in Python and TypeScript. Screens and search read this. */
import type { Json } from './canonical'
import type { Dot, Vector } from './versions'

/** One live value: every live dot that says it, and the most recent author of it. */
export interface FoldedValue {
  value: Json
  dots: Dot[] // sorted
  person: string
  at: number
  effective_at: number
  position: number | null // null while undecided
  path?: string // only in conflicts that span several paths
}

/** A value that was replaced: the register's history, in the order of folding. */
export interface LostValue { value: Json; dot: Dot; person: string; at: number }

/** One register. `value` is null in a conflict, where `stands` is the value last settled before. */
export interface FoldedPath {
  status: 'settled' | 'also' | 'conflict'
  value: Json
  values: FoldedValue[]
  replaced: LostValue[]
  stands?: Json
}

/** `dot` is the change that appended it. */
export interface FoldedElement { collection: string; id: string; voided: boolean; dot: Dot }

export type ConflictRule = 'values' | 'edit_of_voided'
export interface FoldedConflict { id: string; rule: ConflictRule; path: string; values: FoldedValue[] }

export type SectionStatus =
  | 'draft' | 'submitted' | 'returned' | 'approved' | 'amendment_pending' | 'amendment_submitted' | 'stale'
/** Why an approval counts or does not. */
export type Standing = 'in_force' | 'partial' | 'superseded' | 'differs' | 'returned' | 'rival'

/** A submission or a return that a section shows; `reason` and `remarks` only of a return. */
export interface FoldedAct {
  change: string
  content: string
  schema: number
  person: string
  at: number
  position: number | null
  reason?: string | null
  remarks?: { [path: string]: string }
}

/** One approval. `snapshot` never changes. */
export interface FoldedApproval {
  change: string
  content: string
  schema: number
  person: string
  at: number
  position: number | null
  step: number
  effective: boolean
  standing: Standing
  snapshot: { [path: string]: Json }
}

export interface FoldedSection {
  status: SectionStatus
  content: string | null // hash of what it holds now under the rules' version; null: none (A-2)
  submitted: FoldedAct | null
  returned: FoldedAct | null
  approved: FoldedApproval[]
}

/** A file that shows in this one since `by` absorbed it; `known`: whether its changes were given. */
export interface AbsorbedFile { file: string; by: string; known: boolean }

export interface FoldedFile {
  file: string
  kind: string
  rules_version: number
  paths: { [path: string]: FoldedPath }
  elements: { [path: string]: FoldedElement }
  conflicts: FoldedConflict[]
  sections: { [section: string]: FoldedSection }
  vector: Vector
  except: Dot[]
  absorbed_by: string | null // the file under which this one shows; null: under itself
  absorbs: AbsorbedFile[]
}
