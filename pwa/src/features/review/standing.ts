/**
 * What a reviewer may do with a section now, and if not, why: asked before the buttons are drawn, so that a decision
 * that the server would refuse explains itself on the phone. The server's verdict stays the judge (PROTOCOL.md A-3).
 */
import type { FileView, Me } from '../../device/contract'
import type { About, Operation } from '../../sync/change'
import type { Json } from '../../sync/canonical'
import type { FoldedAct, FoldedApproval, FoldedFile, FoldedSection, Rules } from '../../sync/fold'
import { findSection, pinnedPaths } from '../../sync/rules'
import { mayTakeStep, nextStep } from '../../sync/steps'
import { sameValue } from './compare'

/** Why approval is not offered. `ready` offers it. */
export type Obstacle = 'not_reviewer' | 'readonly' | 'gone' | 'not_submitted' | 'changed_since' | 'open_conflict' | 'unsettled' | 'own_work' | 'higher_duty' | 'decided'

export interface Standing {
  /** `null`: may be approved now. */
  obstacle: Obstacle | null
  /** A submission waits and may be sent back; while an approval is in force this declines the new content. */
  mayReturn: boolean
  /** An approved version is in force while another content waits or was written. */
  isAmendment: boolean
  /** An approval is in force and nothing waits: the reviewer may take it back so that the section is open again. */
  mayReopen: boolean
  /** The step of the chain that this reviewer's approval would be. */
  step: number
  conflicts: number
}

const WAITING = ['submitted', 'amendment_submitted']
const AMENDED = ['amendment_pending', 'amendment_submitted', 'stale']

export function readStanding(rules: Rules, view: FileView, section: string, me: Me): Standing {
  const found = view.state.sections[section]
  const conflicts = conflictsWithin(rules, view.state, section)
  const reviewer = me.duties.indexOf('deputy') >= 0 || me.duties.indexOf('head') >= 0
  const free = reviewer && !view.readonly && !!found && !view.state.elements[section]?.voided
  return {
    obstacle: found ? firstObstacle(found, reviewer, conflicts, view, section, rules, me) : 'gone',
    mayReturn: free && !!found && waitingSubmission(found) !== null,
    isAmendment: !!found && AMENDED.indexOf(found.status) >= 0,
    mayReopen: free && !!found && WAITING.indexOf(found.status) < 0 && inForce(found) !== null,
    step: nextStep(rules, found, section),
    conflicts,
  }
}

function firstObstacle(found: FoldedSection, reviewer: boolean, conflicts: number, view: FileView, section: string, rules: Rules, me: Me): Obstacle | null {
  if (!reviewer) return 'not_reviewer'
  if (view.readonly) return 'readonly'
  if (view.state.elements[section]?.voided) return 'gone'
  if (conflicts > 0) return 'open_conflict'
  if (found.status === 'approved' || found.status === 'returned') return 'decided'
  const submitted = waitingSubmission(found)
  if (!submitted) return 'not_submitted'
  if (found.content === null) return 'unsettled'
  if (submitted.content !== found.content) return 'changed_since'
  if (submitted.person === me.personId || wrotePinned(rules, view, section, me.personId)) return 'own_work'
  if (!mayTakeStep(rules, section, nextStep(rules, found, section), me.duties)) return 'higher_duty'
  return null
}

/** Open conflicts that stand in the way: anywhere in an element, in the own fields of a named group. */
export function conflictsWithin(rules: Rules, state: FoldedFile, section: string): number {
  const rule = findSection(rules, section)
  const own = section.indexOf('/') > 0 ? [section] : [...(rule?.pins ?? []), ...(rule?.exempt ?? [])]
  return state.conflicts.filter((conflict) => own.indexOf(conflict.path) >= 0 || conflict.path.indexOf(`${section}/`) === 0).length
}

function wrotePinned(rules: Rules, view: FileView, section: string, personId: string): boolean {
  const rule = findSection(rules, section)
  const authorOf = new Map(view.history.map((entry) => [`${entry.dot[0]}:${entry.dot[1]}`, entry.personId]))
  return (rule ? pinnedPaths(section, rule) : []).some((path) =>
    (view.state.paths[path]?.values ?? []).some((value) => value.person === personId || value.dots.some((dot) => authorOf.get(`${dot[0]}:${dot[1]}`) === personId)))
}

/** The submission that nobody has decided: one whose content is in force already waits for nothing. */
export function waitingSubmission(found: FoldedSection): FoldedAct | null {
  return found.submitted && found.submitted.content !== inForce(found)?.content ? found.submitted : null
}

/** The approval that counts now, also while an amendment waits. */
export function inForce(found: FoldedSection): FoldedApproval | null {
  const counting = found.approved.filter((approval) => approval.standing === 'in_force')
  return counting[counting.length - 1] ?? null
}

/** What the act is about: approval of what stands here now, return of what was submitted, reopening of what is in force. */
export function aboutFor(act: 'approve' | 'return' | 'reopen', found: FoldedSection, section: string, schema: number, step: number): About | null {
  if (act === 'approve') return found.content ? { section, content: found.content, schema, step } : null
  const target = act === 'return' ? waitingSubmission(found) : inForce(found)
  return target ? { section, content: target.content, schema: target.schema } : null
}

/**
 * The operations that put the approved values back where they were changed; null where that cannot be said by writing
 * (a field that was never written cannot be made so again).
 */
export function restoreOps(rules: Rules, state: FoldedFile, section: string, approval: FoldedApproval): Operation[] | null {
  const rule = findSection(rules, section)
  const ops: Operation[] = []
  for (const path of rule ? pinnedPaths(section, rule) : []) {
    const now = state.paths[path]
    const approved = approval.snapshot[path]
    if (!now || (approved !== undefined && now.status !== 'conflict' && sameValue(approved, now.value))) continue
    if (approved === undefined || now.status === 'conflict') return null
    if (Array.isArray(approved)) ops.push(...setDifference(path, approved, now.value))
    else ops.push({ op: 'set', path, value: approved })
  }
  return ops.length ? ops : null
}

function setDifference(path: string, approved: Json[], now: Json): Operation[] {
  const present = Array.isArray(now) ? now : []
  const missing = approved.filter((value) => present.indexOf(value) < 0)
  const extra = present.filter((value) => approved.indexOf(value) < 0)
  return [
    ...missing.map((value): Operation => ({ op: 'add', path, value: value as string | number })),
    ...extra.map((value): Operation => ({ op: 'remove', path, value: value as string | number })),
  ]
}

/** The section to show when only the file was named: one that waits, else one that was amended. */
export function firstWaiting(state: FoldedFile): string | null {
  const sections = Object.keys(state.sections).filter((section) => !state.elements[section]?.voided).sort()
  const of = (statuses: readonly string[]) => sections.find((section) => statuses.indexOf(state.sections[section]?.status ?? '') >= 0)
  return of(WAITING) ?? of(['amendment_pending', 'stale']) ?? null
}

/** Remarks with something in them. */
export function remarksToSend(remarks: Record<string, string>): Record<string, string> {
  const sent: Record<string, string> = {}
  for (const path of Object.keys(remarks)) {
    const text = (remarks[path] ?? '').trim()
    if (text) sent[path] = text
  }
  return sent
}
