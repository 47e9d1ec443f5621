/**
 * The visit page's own sense of the form: what stands open for a thumb, what waits behind a small button, and what one save
 * writes. The form itself, its skips and checks are data (`records/forms`). Pure.
 */
import type { CardState, FormDescription, FormOperation, FormValues } from '../../records/forms'
import { operationsForNew, relevantValues } from '../../records/forms'
import { attachmentOperation, type KeptFile } from '../../records/attachments'
import { tidy, type ScreenField } from '../../records/screen'

export type KeptPhoto = KeptFile

/** As typed; what a crash may lose is at most the last two seconds. */
export interface VisitDraft { id: string; values: FormValues; photos: KeptPhoto[]; startedAt: number }

/** Head fields that fill themselves; a routine visit shows them as one line and opens them on a tap. */
export const HEAD = ['visited_on', 'method', 'visit_type', 'visitors', 'companions', 'started_time', 'ended_time']
const SELDOM = ['met_others', 'companions', 'ended_time', 'signature_kind', 'services_note', 'needs_note', 'member_changes_note']
const MANY_OPTIONS = 12
/** Widgets with a value of their own stay as they are; long notes and long lists open on a tap. */
export function isFolded(field: ScreenField, values: FormValues): boolean {
  const topic = /^(.+)_(findings|note)$/.exec(field.name)
  if (topic && `${topic[1]}_state` in values) return values[`${topic[1]}_state`] === 'fine'
  if (topic) return true
  return SELDOM.indexOf(field.name) >= 0 || (field.options?.length ?? 0) > MANY_OPTIONS || field.type === 'longtext'
}

/** Word of the small label inside a topic's card, whose title already says the topic. */
export function topicPart(name: string): 'state' | 'findings' | 'note' | null {
  const found = /^(?:health|economy|support|safety|environment|child)_(state|findings|note)$/.exec(name)
  return (found?.[1] as 'state' | 'findings' | 'note' | undefined) ?? null
}

/** What one save of a visit writes: the visit, its photos, and the next date on the household itself. */
export function visitOperations(form: FormDescription, draft: VisitDraft, context: { today: string; minors: number }, newId: () => string, consent: string | null = null): FormOperation[] {
  const values = tidy({ ...draft.values, ...(draft.photos.length ? { photos: draft.photos.map((photo) => photo.id) } : {}) })
  const written = relevantValues(form, values, context)
  const operations = operationsForNew(form, written, newId, draft.id)
  for (const photo of draft.photos) {
    operations.push(attachmentOperation(photo, photo.mediaType.startsWith('audio/') ? 'voice_note' : 'visit_photo', { consent }))
  }
  if (typeof written['next_visit_on'] === 'string') operations.push({ op: 'set', path: 'next_visit_on', value: written['next_visit_on'] })
  return operations
}

/** The time now is no start of a visit of another day: left out with that day, back with today. A time that somebody typed stays. */
export function startTime(typed: unknown, filledIn: string, visitedOn: unknown, today: string): unknown {
  if (visitedOn === today) return typed ?? filledIn
  return typed === filledIn ? undefined : typed
}

/** Errors that the server would refuse; what is merely missing never stops a save. */
export function blocks(cards: readonly CardState[]): boolean {
  return cards.some((card) => card.relevant && card.fields.some((field) => field.relevant && field.problems.some((one) => one.severity === 'error' && one.code !== 'required' && one.code !== 'constraint')))
}

/** Whether a person answered anything beyond what the form filled in by itself. */
export function hasAnswers(draft: VisitDraft, defaults: FormValues): boolean {
  const values = tidy(draft.values)
  return draft.photos.length > 0 || Object.keys(values).some((key) => JSON.stringify(values[key]) !== JSON.stringify(defaults[key]))
}
