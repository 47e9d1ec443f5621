/**
 * What waits for one person, gathered from the phone alone: the summaries say which files to open, the files say what
 * waits in them. Works with no network; a file that the open vault cannot read is counted, not skipped in silence.
 */
import type { Device, FileView, HouseholdSummary, OwnSave, UnlinkedRecord } from '../../device/contract'
import type { Json } from '../../sync/canonical'
import type { SectionStatus } from '../../sync/fold'
import { mayTakeStep, nextStep } from '../../sync/steps'

export interface ConflictSide { value: Json; personId: string; at: number; mine: boolean }
export interface ConflictItem { id: string; path: string; rule: string; sides: ConflictSide[]; mine: boolean }
export interface HouseholdConflicts { fileId: string; headName: string; view: FileView; conflicts: ConflictItem[] }
export interface SectionItem {
  fileId: string
  headName: string
  view: FileView
  section: string
  status: SectionStatus
  personId: string // who submitted, returned or approved it last
  at: number
  reason: string | null
  remarks: { path: string; text: string }[]
}

export interface Inbox {
  returnedSaves: OwnSave[] // returned or declined, not dismissed
  waitingSaves: OwnSave[] // held or quarantined: somebody else must do something
  returnedSections: SectionItem[]
  approvedSections: SectionItem[]
  conflicts: HouseholdConflicts[]
  toReview: SectionItem[]
  amendments: SectionItem[]
  unlinked: UnlinkedRecord[]
  unreadable: number
}

export interface Counts { review: number; conflicts: number; amendments: number; returned: number }

const APPROVAL_SHOWN_DAYS = 14
const DAY_MS = 86_400_000
const REVIEW = ['submitted', 'amendment_submitted']
/** A first step is taken, a higher duty is awaited. */
const ABOVE = 'submitted_above'
const AMENDED = ['amendment_pending', 'stale']

/** From the summaries alone: cheap enough for the badge in the bar, and right before any file is opened. */
export function countQueue(households: readonly HouseholdSummary[]): Counts {
  const counts = { review: 0, conflicts: 0, amendments: 0, returned: 0 }
  for (const household of households) {
    counts.conflicts += household.conflicts
    counts.returned += household.returned
    for (const state of household.sectionStates) {
      if (REVIEW.indexOf(state) >= 0) counts.review++
      else if (AMENDED.indexOf(state) >= 0) counts.amendments++
    }
  }
  return counts
}

export function isReviewer(duties: readonly string[]): boolean {
  return duties.indexOf('deputy') >= 0 || duties.indexOf('head') >= 0
}

/** True where opening the file can add something to this person's inbox. */
export function isWorthOpening(household: HouseholdSummary, reviewer: boolean, now: number): boolean {
  if (household.conflicts > 0) return true
  const states = household.sectionStates
  if (reviewer) return states.some(state => REVIEW.indexOf(state) >= 0 || state === ABOVE || AMENDED.indexOf(state) >= 0)
  const fresh = now - household.updatedAt < APPROVAL_SHOWN_DAYS * DAY_MS
  return states.some(state => state === 'returned' || AMENDED.indexOf(state) >= 0 || (state === 'approved' && fresh))
}

export async function collectInbox(device: Device, now: number): Promise<Inbox> {
  const me = device.me?.personId ?? ''
  const reviewer = isReviewer(device.me?.duties ?? [])
  const saves = (await device.listOwnSaves()).filter(save => !save.dismissed)
  const inbox: Inbox = {
    returnedSaves: saves.filter(save => save.fate === 'returned' || save.fate === 'declined'),
    waitingSaves: saves.filter(save => save.fate === 'held' || save.fate === 'quarantined'),
    returnedSections: [],
    approvedSections: [],
    conflicts: [],
    toReview: [],
    amendments: [],
    unlinked: device.mode === 'main' ? await device.listUnlinked() : [],
    unreadable: 0,
  }
  for (const household of device.households) {
    if (!isWorthOpening(household, reviewer, now)) continue
    let view: FileView
    try {
      view = await device.openFile(household.fileId)
    } catch {
      inbox.unreadable++
      continue
    }
    const rules = device.rules?.[view.kind]
    const mayReview = (section: string) => !rules || mayTakeStep(rules, section, nextStep(rules, view.state.sections[section], section), device.me?.duties ?? [])
    sortFile(inbox, household.headName, view, me, reviewer, now, mayReview)
  }
  return orderInbox(inbox)
}

/** Puts what one file holds into the right trays. */
export function sortFile(inbox: Inbox, headName: string, view: FileView, me: string, reviewer: boolean, now: number, mayReview: (section: string) => boolean = () => true): void {
  const conflicts = readConflictItems(view, me).filter(item => reviewer || item.mine)
  if (conflicts.length > 0) inbox.conflicts.push({ fileId: view.fileId, headName, view, conflicts })
  for (const section of Object.keys(view.state.sections)) {
    if (view.state.elements[section]?.voided) continue
    const item = readSection(view, headName, section)
    if (!item) continue
    if (reviewer) {
      if (REVIEW.indexOf(item.status) >= 0) { if (mayReview(section)) inbox.toReview.push(item) }
      else if (AMENDED.indexOf(item.status) >= 0) inbox.amendments.push(item)
    } else if (concerns(view, section, me)) {
      if (item.status === 'returned') inbox.returnedSections.push(item)
      else if (AMENDED.indexOf(item.status) >= 0) inbox.amendments.push(item)
      else if (item.status === 'approved' && now - item.at < APPROVAL_SHOWN_DAYS * DAY_MS) inbox.approvedSections.push(item)
    }
  }
}

export function readConflictItems(view: FileView, me: string): ConflictItem[] {
  return view.state.conflicts.map(conflict => {
    const sides = conflict.values.map(value => {
      const mine = value.person === me || value.dots.some(dot =>
        view.history.some(entry => entry.personId === me && entry.dot[0] === dot[0] && entry.dot[1] === dot[1]))
      return { value: value.value, personId: value.person, at: value.at, mine }
    })
    sides.sort((a, b) => Number(b.mine) - Number(a.mine) || a.at - b.at)
    return { id: conflict.id, path: conflict.path, rule: conflict.rule, sides, mine: sides.some(side => side.mine) }
  })
}

function readSection(view: FileView, headName: string, section: string): SectionItem | null {
  const found = view.state.sections[section]
  if (!found || found.status === 'draft') return null
  const approval = found.approved[found.approved.length - 1] ?? null
  const last = found.status === 'returned' ? found.returned
    : REVIEW.indexOf(found.status) >= 0 ? found.submitted
      : AMENDED.indexOf(found.status) >= 0 ? lastWriter(view, section) ?? approval
        : approval
  if (!last) return null
  const returned = found.status === 'returned' ? found.returned : null
  const remarks = Object.keys(returned?.remarks ?? {}).map(path => ({ path, text: returned?.remarks?.[path] ?? '' }))
  return {
    fileId: view.fileId, headName, view, section,
    status: found.status,
    personId: last.person,
    at: last.at,
    reason: returned?.reason ?? null,
    remarks,
  }
}

/** Who changed approved content last: newest history entry that wrote into the section. */
function lastWriter(view: FileView, section: string): { person: string; at: number } | null {
  const entry = view.history.find(item => item.act === 'save' && item.ops.some(op => op.path.indexOf(`${section}/`) === 0))
  return entry ? { person: entry.personId, at: entry.at } : null
}

/** A worker is told of sections that they submitted or wrote in. */
function concerns(view: FileView, section: string, me: string): boolean {
  if (view.state.sections[section]?.submitted?.person === me) return true
  return view.history.some(entry => entry.personId === me && entry.ops.some(op =>
    op.path.indexOf(`${section}/`) === 0 || (op.op === 'append' && `${op.path}/${op.id}` === section)))
}

function orderInbox(inbox: Inbox): Inbox {
  const oldestFirst = (a: { at: number }, b: { at: number }) => a.at - b.at
  const newestFirst = (a: { at: number }, b: { at: number }) => b.at - a.at
  inbox.toReview.sort(oldestFirst)
  inbox.amendments.sort(oldestFirst)
  inbox.waitingSaves.sort(oldestFirst)
  inbox.returnedSaves.sort(newestFirst)
  inbox.returnedSections.sort(newestFirst)
  inbox.approvedSections.sort(newestFirst)
  inbox.conflicts.sort((a, b) => b.conflicts.length - a.conflicts.length)
  return inbox
}

/** Whole hours and days since, for "等了 3 天": a state with its age, so that nothing waits unseen. */
export function ageOf(at: number, now: number): { unit: 'minutes' | 'hours' | 'days'; count: number } {
  const ms = Math.max(0, now - at)
  if (ms < 3_600_000) return { unit: 'minutes', count: Math.floor(ms / 60_000) }
  if (ms < DAY_MS) return { unit: 'hours', count: Math.floor(ms / 3_600_000) }
  return { unit: 'days', count: Math.floor(ms / DAY_MS) }
}
