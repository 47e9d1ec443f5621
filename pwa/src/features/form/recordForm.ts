/**
 * What the page of any casework form makes of form, file and draft: references to choose from, what one save writes, and what else in the
 * file follows from it (a consent also stands on the household, a category in its short list). Pure.
 */
import type { FileView } from '../../device'
import { attachmentOperation, type KeptFile } from '../../records/attachments'
import { consequences } from '../../records/consequences'
import { operationsForNew, relevantValues, type FormContext, type FormDescription, type FormOperation, type FormValues } from '../../records/forms'
import { listElements, listMembers, memberAge, shownValues, texts } from '../../records/people'
import { editOperations, tidy, type References } from '../../records/screen'
import type { Words } from '../../records/words'

/** `typed` holds only what was touched; `files` what was photographed or signed, by field; `more` what the form does not ask. */
export type { KeptFile }
export interface RecordDraft { id: string; typed: FormValues; files: Record<string, KeptFile[]>; more: FormValues }

/** Fields whose photos are papers, and what kind of attachment they become. */
const FILE_KINDS: Record<string, string> = { signature: 'signature', papers: 'paper_scan', evidence: 'evidence', photos: 'visit_photo' }
const REFERRED = ['plans', 'consents', 'closures', 'instrument_results']

export function referencesOf(view: FileView, people: Record<string, string>, words: Words): References {
  const references: References = {
    members: listMembers(view.state).map((member) => ({ value: member.id, label: member.name || words.element(`members/${member.id}`) })),
    person: Object.keys(people).map((id) => ({ value: id, label: people[id] as string })),
  }
  for (const collection of REFERRED) references[collection] = listElements(view.state, collection).map((id) => ({ value: id, label: words.element(`${collection}/${id}`) }))
  return references
}

/** What the form's expressions may read beside its answers: today, and how old the chosen person is. */
export function contextOf(view: FileView, values: FormValues, today: string): FormContext {
  const member = listMembers(view.state).find((one) => one.id === values['member'])
  return { today, subject_age: member ? memberAge(member, today) : null }
}

/** Answers with the photos and signatures of this draft in their fields. */
export function withFiles(values: FormValues, draft: RecordDraft): FormValues {
  const all: FormValues = { ...values }
  for (const field of Object.keys(draft.files)) {
    const ids = (draft.files[field] as KeptFile[]).map((file) => file.id)
    if (ids.length) all[field] = field === 'signature' ? ids[ids.length - 1] : texts(all[field]).concat(ids)
  }
  return all
}

export interface Writing { form: FormDescription; view: FileView; draft: RecordDraft; isNew: boolean; today: string; newId: () => string }

/** What one save writes: the record, its attachments, and what follows from it elsewhere in the file. */
export function recordOperations({ form, view, draft, isNew, today, newId }: Writing): FormOperation[] {
  const element = `${form.collection}/${draft.id}`
  const before = isNew ? {} : shownValues(view.state, element)
  const typed = tidy(withFiles({ ...(isNew ? {} : pick(before, Object.keys(draft.files))), ...draft.typed }, draft))
  const operations = Object.keys(draft.files).reduce<FormOperation[]>((all, field) => all.concat((draft.files[field] as KeptFile[]).map((file) => attachment(file, field))), [])
  if (isNew) {
    const written = relevantValues(form, typed, contextOf(view, typed, today))
    operations.push(...operationsForNew(form, { ...written, ...draft.more }, newId, draft.id))
    return operations.concat(consequences(form.id, view.state, { ...written, ...draft.more }, today))
  }
  const shown: FormValues = {}
  for (const name of Object.keys(typed)) if (name in before) shown[name] = before[name]
  for (const name of Object.keys(draft.typed)) if (name in before) shown[name] = before[name]
  const changed = editOperations(view.kind, element, shown, { ...typed, ...pick(draft.typed, Object.keys(draft.typed).filter((name) => !(name in typed))) })
  return operations.concat(changed, changed.length ? consequences(form.id, view.state, { ...before, ...typed }, today) : [])
}

function attachment(file: KeptFile, field: string): FormOperation {
  return attachmentOperation(file, FILE_KINDS[field] ?? (file.mediaType.indexOf('audio/') === 0 ? 'voice_note' : 'other'))
}

function pick(values: FormValues, names: string[]): FormValues {
  const picked: FormValues = {}
  for (const name of names) if (values[name] !== undefined) picked[name] = values[name]
  return picked
}
