/** What the household page says, taken from the folded file: head, open items, assessments, completeness. Pure. */
import type { FileView, HistoryEntry } from '../../device'
import { daysBetween, localDay } from '../../i18n/dates'
import { listElements, listMembers, isHead, memberAge, shownValue, text, type Member } from '../../records/people'
import { fieldsOf } from '../../records'
import { evidenceIds, isCurtained, listAttachments, type Attachment } from '../../records/attachments'

export interface Head { name: string; address: string; phone: string; risk: 'red' | 'yellow' | 'blue' | 'green' | null; directions: string; nextVisitOn: string | null; categories: string[] }

const RISKS = ['red', 'yellow', 'blue', 'green']

export function headOf(view: FileView, members: Member[]): Head {
  const at = (path: string) => shownValue(view.state, path)
  const address = (at('address') ?? {}) as Record<string, unknown>
  const group = text(address['group_no'])
  const risk = at('risk_level')
  const categories = [...((at('categories') ?? []) as string[]), ...members.flatMap((member) => (member.values['categories'] ?? []) as string[])]
  return {
    name: (members.find(isHead) ?? members[0])?.name ?? '',
    address: [text(address['village_name']), group && (/^\d+$/.test(group) ? `${group}组` : group), text(address['door'])].filter(Boolean).join(' '),
    phone: text(at('phone')) || members.map((member) => text(member.values['phone'])).find(Boolean) || '',
    risk: RISKS.includes(risk as string) ? (risk as Head['risk']) : null,
    directions: text(at('directions')),
    nextVisitOn: text(at('next_visit_on')) || null,
    categories: [...new Set(categories)].sort(),
  }
}

export interface Assessment { id: string; on: string; status: string; approvedBy: string | null; approvedAt: number | null; total: number | null; remark: string | null; returnedBy: string | null }

const LEVELS = ['income', 'housing', 'health', 'care', 'livelihood', 'education', 'mood', 'family', 'social_support', 'rights']

/** The sum of the ten levels; null until one is given. */
export function needsTotal(view: FileView, id: string): number | null {
  const levels = LEVELS.map((name) => shownValue(view.state, `assessments/${id}/${name}_level`)).filter((level): level is number => typeof level === 'number')
  return levels.length ? levels.reduce((sum, level) => sum + level, 0) : null
}

export function listAssessments(view: FileView, people: Record<string, string>): Assessment[] {
  return listElements(view.state, 'assessments')
    .map((id) => {
      const section = view.state.sections[`assessments/${id}`]
      const approval = [...(section?.approved ?? [])].reverse().find((one) => one.effective) ?? null
      return {
        id,
        on: text(shownValue(view.state, `assessments/${id}/assessed_on`)),
        status: section?.status ?? 'draft',
        approvedBy: approval ? (people[approval.person] ?? '') : null,
        approvedAt: approval?.at ?? null,
        total: needsTotal(view, id),
        remark: section?.status === 'returned' ? (section.returned?.reason ?? '') : null,
        returnedBy: section?.status === 'returned' && section.returned ? (people[section.returned.person] ?? '') : null,
      }
    })
    .sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))
}

/** `recordedAt`: when it came into this file, by its author's phone. `lateDays` (NM-33): whole days after the visit, 0 where that was on its day or the next. */
export interface Visit { id: string; on: string; met: string; problems: string; method: string; recordedAt: number | null; lateDays: number }

const IN_TIME_DAYS = 1

/** The save that first held this element: what was refused and entered again was written before that. */
function firstWriting(view: FileView, path: string): HistoryEntry | undefined {
  const dot = view.state.elements[path]?.dot
  const entry = view.history.find((one) => dot && one.dot[0] === dot[0] && one.dot[1] === dot[1])
  return view.history.find((one) => one.changeId === entry?.reissues) ?? entry
}

export function listVisits(view: FileView): Visit[] {
  return listElements(view.state, 'visits')
    .map((id) => {
      const at = (name: string) => text(shownValue(view.state, `visits/${id}/${name}`))
      const on = at('visited_on')
      const recordedAt = firstWriting(view, `visits/${id}`)?.at ?? null
      const days = on && recordedAt ? daysBetween(on, localDay(recordedAt)) : 0
      return { id, on, met: at('outcome'), problems: at('problems') || at('observation') || at('next_steps'), method: at('method'), recordedAt, lateDays: days > IN_TIME_DAYS ? days : 0 }
    })
    .sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))
}

export type Photo = Attachment & { isCurtained: boolean }

/** Photos and voice notes of the file, evidence apart: it stands with its crisis. */
export function listPhotos(view: FileView): Photo[] {
  const evidence = evidenceIds(view.state)
  return listAttachments(view.state).filter((one) => evidence.indexOf(one.id) < 0).map((one) => ({ ...one, isCurtained: isCurtained(view.state, one) }))
}

export interface Completeness { done: number; total: number }

/** How many of these root fields, or of a member's fields, hold an answer. */
export function completeness(view: FileView, names: readonly string[], element = ''): Completeness {
  const done = names.filter((name) => {
    const value = shownValue(view.state, element ? `${element}/${name}` : name)
    return value !== undefined && value !== null && value !== ''
  }).length
  return { done, total: names.length }
}

export const isDeclared = (name: string): boolean => name in fieldsOf('household', '')

/** Entries that tell a story: not every keystroke's save, newest first. */
export function timeline(view: FileView, max = 6): HistoryEntry[] {
  return view.history.slice(0, max)
}

export { listMembers, memberAge }
