/** placeholder types, completed below */
import type { Json } from './canonical'
import type { Dot, Vector } from './versions'

export type { Rules, FieldRule, SectionRule, CollectionRule, Policy } from './rules'

export interface FoldedValue {
  value: Json
  dots: Dot[]
  person: string
  at: number
  effective_at: number
  position: number | null
}
export interface ReplacedValue { value: Json; dot: Dot; person: string; at: number }
/** `also` and `conflict`: several live values; `conflict` settles none, `value` is null and `stands` is the last settled. */
export interface FoldedPath {
  status: 'settled' | 'also' | 'conflict'
  value: Json
  values: FoldedValue[]
  stands?: Json
  replaced: ReplacedValue[]
}
export interface FoldedElement { collection: string; id: string; voided: boolean; dot: Dot }
export interface Conflict { id: string; rule: 'values' | 'edit_of_voided'; path: string; values: FoldedValue[] }
export type SectionStatus =
  | 'draft' | 'submitted' | 'returned' | 'approved' | 'amendment_pending' | 'amendment_submitted' | 'stale'
export interface Submission { change: string; content: string; person: string; at: number; [key: string]: Json }
export interface Return { change: string; content: string; person: string; at: number; reason: string | null; remarks: { [path: string]: string } | null; [key: string]: Json }
export interface Approval { change: string; content: string; person: string; at: number; step: number; effective: boolean; snapshot: { [path: string]: Json } }
export interface FoldedSection {
  status: SectionStatus
  content: string | null
  submitted: Submission | null
  returned: Return | null
  approved: Approval[]
}
export interface FoldedFile {
  file: string
  kind: string
  rules_version: number
  paths: { [path: string]: FoldedPath }
  elements: { [path: string]: FoldedElement }
  conflicts: Conflict[]
  sections: { [section: string]: FoldedSection }
  vector: Vector
  except: Dot[]
}
