/**
 * What a file says of its photos, papers, signatures and voice notes; what one save writes of a new one; and whether the family agreed to
 * pictures and recordings. Pure.
 */
import type { FormOperation } from './forms'
import { listElements, readElements, shownValue, text, texts } from './people'
import type { FoldedLike } from './shapes'

/** One that was kept on the phone and that no save names yet. */
export interface KeptFile { id: string; sha256: string; mediaType: string; bytes: number; takenAt: number; thumb?: string; seconds?: number }

export function attachmentOperation(file: KeptFile, kind: string, more: { consent?: string | null; member?: string | null } = {}): FormOperation {
  const value: { [field: string]: string | number } = { sha256: file.sha256, media_type: file.mediaType, bytes: file.bytes, kind, taken_at: file.takenAt }
  if (file.thumb) value['thumb'] = file.thumb
  if (file.seconds !== undefined) value['seconds'] = file.seconds
  if (more.consent) value['consent'] = more.consent
  if (more.member) value['member'] = more.member
  return { op: 'append', path: 'attachments', id: file.id, value }
}

export interface Attachment {
  id: string
  sha256: string
  thumb: string // the hash to show first: its small picture, or itself
  mediaType: string
  kind: string
  caption: string
  seconds: number | null
  takenAt: number | null
  isVoice: boolean
}

export function listAttachments(state: FoldedLike): Attachment[] {
  return listElements(state, 'attachments')
    .map((id) => {
      const at = (name: string) => shownValue(state, `attachments/${id}/${name}`)
      const number = (name: string) => (typeof at(name) === 'number' ? (at(name) as number) : null)
      const [sha256, mediaType] = [text(at('sha256')), text(at('media_type'))]
      return { id, sha256, thumb: text(at('thumb')) || sha256, mediaType, kind: text(at('kind')), caption: text(at('caption')), seconds: number('seconds'), takenAt: number('taken_at'), isVoice: mediaType.indexOf('audio/') === 0 }
    })
    .filter((one) => one.sha256)
}

/** What shows who was hurt and how: for those who decide, never for the family. Evidence of a crisis whatever its kind says. */
export function evidenceIds(state: FoldedLike): string[] {
  const named = readElements(state, 'crises').reduce<string[]>((all, one) => all.concat(texts(one['evidence'])), [])
  return named.concat(listAttachments(state).filter((one) => one.kind === 'evidence').map((one) => one.id))
}

export type Subject = 'photo' | 'voice'
export interface SubjectConsent { state: 'given' | 'refused' | 'withdrawn' | 'unknown'; consent: string | null }

/**
 * The newest word of the family on pictures, or on recordings: a consent of kind `photo` (with or without the item named), or an informed
 * consent that names the item. A general consent without the item is no word on it.
 */
export function consentTo(state: FoldedLike, subject: Subject): SubjectConsent {
  const words = readElements(state, 'consents')
    .map((one) => {
      const items = texts(one['items'])
      const speaks = text(one['kind']) === 'photo' ? !items.length || items.indexOf(subject) >= 0 || text(one['state']) !== 'given' : items.indexOf(subject) >= 0 || (text(one['kind']) === 'informed_consent' && text(one['state']) === 'withdrawn')
      return { id: text(one['id']), state: text(one['state']), on: text(one['withdrawn_on']) || text(one['signed_on']), speaks }
    })
    .filter((one) => one.speaks && ['given', 'refused', 'withdrawn'].indexOf(one.state) >= 0)
    // Of one day the more protective word counts.
    .sort((a, b) => (a.on !== b.on ? (a.on < b.on ? -1 : 1) : RANK.indexOf(a.state) - RANK.indexOf(b.state)))
  const last = words[words.length - 1]
  return last ? { state: last.state as SubjectConsent['state'], consent: last.id } : { state: 'unknown', consent: null }
}
const RANK = ['given', 'refused', 'withdrawn']

/** Pictures and recordings that nobody looks at any more, because the family took its consent back; papers, signatures and evidence stay. */
export function isCurtained(state: FoldedLike, one: Attachment): boolean {
  const subject: Subject | null = one.isVoice ? 'voice' : ['visit_photo', 'housing', 'other', ''].indexOf(one.kind) >= 0 ? 'photo' : null
  if (!subject || evidenceIds(state).indexOf(one.id) >= 0) return false
  return ['withdrawn', 'refused'].indexOf(consentTo(state, subject).state) >= 0
}
