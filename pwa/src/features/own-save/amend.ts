/**
 * Which form a refused save came from, and the draft that opens it as it was typed. The drafts are those of the forms
 * themselves (visit, assessment, sheets of a household), so that whoever takes one up cannot tell it from typing again. Pure.
 */
import type { OwnSave } from '../../device'
import type { Operation } from '../../sync/change'
import type { Json } from '../../sync/canonical'

export interface Amendment {
  draftKey: string
  draft: unknown
  href: string
}

type Values = { [field: string]: Json }
type Append = Operation & { op: 'append' }

/** Null where no form writes such a save: an act of review, a struck-out element. */
export function amendmentOf(save: Pick<OwnSave, 'ops' | 'fileId' | 'kind' | 'at'>, shown: (path: string) => unknown, exists: (element: string) => boolean): Amendment | null {
  if (save.kind !== 'household') return null
  const appended = save.ops.filter((op): op is Append => op.op === 'append')
  const visit = appended.find((op) => op.path === 'visits')
  if (visit) return ofVisit(save, visit, appended)
  const assessment = appended.find((op) => op.path === 'assessments')
  const touched = elementIn(save.ops, 'assessments')
  if (assessment || touched) return ofAssessment(save, assessment ?? null, touched, appended, shown)
  const member = appended.find((op) => op.path === 'members')
  if (member) return ofSheet(save.fileId, 'member', null, [], member.value)
  const person = elementIn(save.ops, 'members')
  // Of someone whose own save was refused too: written anew, as someone new.
  if (person) return ofSheet(save.fileId, 'member', exists(`members/${person}`) ? `members/${person}` : null, [], valuesAt(save.ops, `members/${person}/`, shown))
  const root = save.ops.filter((op) => op.op !== 'append' && !op.path.includes('/')).map((op) => op.path)
  const fields = root.filter((path, place) => root.indexOf(path) === place)
  return fields.length ? ofSheet(save.fileId, 'household_basics', '', fields, valuesAt(save.ops, '', shown)) : null
}

/** The same element id: should the refused one be taken in after all, the second is refused as a repeat and not doubled. */
function ofVisit(save: { fileId: string; at: number }, visit: Append, appended: Append[]): Amendment {
  const { photos, ...values } = visit.value
  const ids = Array.isArray(photos) ? photos : []
  const kept = appended.filter((op) => op.path === 'attachments' && ids.includes(op.id))
  const draft = {
    id: visit.id,
    values,
    photos: kept.map(({ id, value }) => ({ id, sha256: value['sha256'], mediaType: value['media_type'], bytes: value['bytes'], takenAt: value['taken_at'], ...(value['thumb'] ? { thumb: value['thumb'] } : {}) })),
    startedAt: save.at,
  }
  return { draftKey: `visit:${save.fileId}`, draft, href: `/households/${save.fileId}/visit` }
}

function ofAssessment(save: { fileId: string; ops: Operation[] }, begun: Append | null, touched: string | null, appended: Append[], shown: (path: string) => unknown): Amendment {
  const id = begun?.id ?? (touched as string)
  const results = appended.filter((op) => op.path === 'instrument_results').map((op) => ({ id: op.id, value: op.value }))
  const { instruments, ...typed } = begun?.value ?? valuesAt(save.ops, `assessments/${id}/`, shown)
  const kept = Array.isArray(instruments) ? instruments.filter((one) => !results.some((result) => result.id === one)) : []
  const draft = { id, typed: { ...typed, ...(kept.length ? { instruments: kept } : {}) }, results }
  const at = begun ? '' : `/${id}`
  return { draftKey: `assessment:${save.fileId}:${begun ? 'new' : id}`, draft, href: `/households/${save.fileId}/assessment${at}` }
}

function ofSheet(fileId: string, form: string, element: string | null, only: string[], typed: Values): Amendment {
  const sheet = `${form}:${element ?? 'new'}:${only.join(',')}`
  return { draftKey: `edit:${fileId}:${sheet}`, draft: { typed }, href: `/households/${fileId}?sheet=${encodeURIComponent(sheet)}` }
}

function elementIn(ops: readonly Operation[], collection: string): string | null {
  const found = ops.find((op) => op.op !== 'append' && op.op !== 'void' && op.op !== 'restore' && op.path.startsWith(`${collection}/`))
  return found?.path.split('/')[1] ?? null
}

/** What was set under a prefix; sets of codes as they would have become. */
function valuesAt(ops: readonly Operation[], prefix: string, shown: (path: string) => unknown): Values {
  const values: Values = {}
  for (const op of ops) {
    if (op.op === 'append' || !('value' in op)) continue
    const name = op.path.slice(prefix.length)
    if (!op.path.startsWith(prefix) || name.includes('/')) continue
    if (op.op === 'set') values[name] = op.value
    else {
      const before = (values[name] ?? shown(op.path) ?? []) as Json[]
      values[name] = op.op === 'add' ? [...before.filter((one) => one !== op.value), op.value] : before.filter((one) => one !== op.value)
    }
  }
  return values
}
