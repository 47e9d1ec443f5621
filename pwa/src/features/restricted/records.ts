/** Restricted records as their screen needs them: what is written down, and what a record says. Pure. */
import type { FileView } from '../../device'
import { codesFor, findField } from '../../records'
import type { Operation } from '../../sync/change'
import type { Json } from '../../sync/canonical'

export const KIND = 'restricted_record'

export interface Typed { subject?: string; member?: string; categories?: string[]; note?: string; told_by?: string; agreed?: string }

export interface Said extends Required<Omit<Typed, 'member'>> {
  fileId: string
  view: FileView
  person: string
  on: string
  ended: string
  notes: { id: string; on: string; note: string }[]
}

/** Categories that stand in no household file. */
export function apartCategories(): string[] {
  const close = findField(KIND, 'categories')
  const open = findField('household', 'categories')
  if (!close || !open) return []
  const offered = new Set(codesFor(open).map((one) => one.code))
  return codesFor(close).map((one) => one.code).filter((code) => !offered.has(code))
}

export function operationsOf(typed: Typed, about: { household: string; person: string; village: string; today: string }): Operation[] {
  const said: [string, Json | undefined][] = [
    ['household', about.household],
    ['member', typed.member],
    ['person_name', about.person],
    ['village_name', about.village],
    ['subject', typed.subject],
    ['note', typed.note?.trim()],
    ['told_by', typed.told_by?.trim()],
    ['agreed', typed.agreed?.trim()],
    ['noted_on', about.today],
  ]
  const ops: Operation[] = said.filter(([, value]) => value).map(([path, value]) => ({ op: 'set', path, value: value! }))
  return [...ops, ...(typed.categories ?? []).map((value): Operation => ({ op: 'add', path: 'categories', value }))]
}

export function isEnough(typed: Typed): boolean {
  return !!typed.subject && !!(typed.note?.trim() || typed.categories?.length)
}

export function readRecord(view: FileView): Said {
  const at = (path: string): unknown => {
    const register = view.state.paths[path]
    return register && (register.status === 'conflict' ? register.stands : register.value)
  }
  const words = (path: string): string => (typeof at(path) === 'string' ? (at(path) as string) : '')
  const elements = Object.entries(view.state.elements).filter(([, one]) => one.collection === 'notes' && !one.voided)
  const notes = elements.map(([path, one]) => ({ id: one.id, on: words(`${path}/noted_on`), note: words(`${path}/note`) }))
  return {
    fileId: view.fileId,
    view,
    person: words('person_name'),
    subject: words('subject'),
    categories: Array.isArray(at('categories')) ? (at('categories') as string[]) : [],
    note: words('note'),
    told_by: words('told_by'),
    agreed: words('agreed'),
    on: words('noted_on'),
    ended: words('ended_on'),
    notes: notes.sort((a, b) => (a.on < b.on ? 1 : -1)),
  }
}
