/** Shapes of the generated descriptions. The data is written by `python -m schemas.export`. */
export type Locale = 'zh-CN' | 'en'
export type Words = { [locale in Locale]: string }

export type FieldType =
  | 'text' | 'integer' | 'flag' | 'date' | 'month' | 'time' | 'instant' | 'code' | 'code_set' | 'phone' | 'id_number'
  | 'money' | 'group' | 'answers' | 'reference' | 'reference_set' | 'hash'
export type Policy = 'latest' | 'union' | 'max' | 'min' | 'safest' | 'review' | 'authority' | 'once'

/** A field as forms and lists read it; how it merges stands in its rule. What stands at its default is absent: sensitivity 1, length_max 200. */
export interface FieldDescription {
  type: FieldType
  label: Words
  sensitivity?: 1 | 2 | 3
  codes?: string
  unit?: string
  minimum?: number
  maximum?: number
  length_max?: number
  partial?: boolean
  past?: boolean
  parts?: { [name: string]: FieldDescription }
  refers?: string
  writers?: string[]
}
export interface CollectionDescription { label: Words; fields: { [name: string]: FieldDescription }; section?: string }
export interface KindDescription {
  name: string
  version: number
  label: Words
  fields: { [name: string]: FieldDescription }
  collections: { [name: string]: CollectionDescription }
  sections: { [name: string]: { label: Words } }
}

/** The folded file as far as records read it: a structural part of the engine's `FoldedFile`. */
export interface FoldedLike {
  file: string
  kind: string
  paths: { [path: string]: { status: string; value: unknown; stands?: unknown } }
  elements: { [path: string]: { collection: string; id: string; voided: boolean } }
  sections?: { [path: string]: { status: string } }
}

export type Severity = 'error' | 'doubt'
/** What is wrong with a value: stable code, where, how grave. Sentences come from `problemWords`. */
export interface Problem { code: string; path: string; severity: Severity; limit?: string }
