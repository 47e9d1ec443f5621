/**
 * Sections: their content hash, what became of each submission and approval, and the status they show.
 * Works on the acts that `fold.ts` gathered, in the order of folding; decides nothing about permission.
 */
import { canonicalize, type Json } from './canonical'
import { dotOf, sha256Hex, type About, type Change } from './change'
import type { FoldedAct, FoldedApproval, FoldedSection, SectionStatus, Standing } from './folded'
import type { SectionRule } from './rules'
import { covers, has } from './versions'

export interface Fields { [path: string]: Json }
/** How protective each `safest` field of a section is: 0 is the most. */
export interface Guards { [path: string]: number }

/** Hash of the settled pinned values of a section under a schema version; null where there is nothing. */
export function contentHash(section: string, schema: number, fields: Fields | null): string | null {
  if (!fields || !Object.keys(fields).length) return null
  return sha256Hex(canonicalize({ section, schema, fields }))
}

/** One submit, approve, return or withdraw, with what the section held when it was folded. */
export interface SectionAct {
  id: string
  change: Change
  about: About
  position: number | null
  fields: Fields | null // pinned values at its place in the log; null: no hash
  guards: Guards
  matches: boolean // the section held this very content at that place
}

/** A section as the fold sees it now: pinned values (null: unsettled or voided) and protectiveness. */
export interface SectionView {
  path: string
  rule: SectionRule
  schema: number
  fields: Fields | null
  guards: Guards
  fieldsAt: (act: SectionAct) => Fields | null // what the author of an act saw; costs a fold
}

export function sectionAct(id: string, change: Change, about: About, position: number | null, fields: Fields | null, guards: Guards): SectionAct {
  return { id, change, about, position, fields, guards, matches: about.content === contentHash(about.section, about.schema, fields) }
}

/** Everything a screen shows of a section. */
export function foldSection(view: SectionView, acts: SectionAct[]): FoldedSection {
  const { standings, inForce } = weighApprovals(view.rule, acts)
  const submitted = openSubmission(acts)
  const returned = openReturn(acts, inForce)
  return {
    status: statusOf(view, submitted, returned, inForce),
    content: contentHash(view.path, view.schema, view.fields),
    submitted: submitted && actJson(submitted),
    returned: returned && returnJson(returned),
    approved: acts.filter(act => act.change.act === 'approve').map(act => approvalJson(act, standings.get(act.id) as Standing, view)),
  }
}

/** Standing of each approval by change id, and the approvals of the content in force (empty: none is). */
function weighApprovals(rule: SectionRule, acts: SectionAct[]): { standings: Map<string, Standing>; inForce: SectionAct[] } {
  const approvals = acts.filter(act => act.change.act === 'approve')
  const returns = acts.filter(act => act.change.act === 'return')
  const standings = new Map<string, Standing>()
  const pending = new Map<string, SectionAct[]>()
  let inForce: SectionAct[] = []
  for (const approval of approvals) {
    const content = approval.about.content
    const standing = standingAlone(approval, approvals, returns)
    standings.set(approval.id, standing)
    if (standing !== 'partial') continue
    if (inForce[0] && content === inForce[0].about.content) {
      inForce.push(approval)
    } else {
      const gathered = (pending.get(content) || []).concat(approval)
      pending.set(content, gathered)
      if (!rule.steps.every((_, index) => gathered.some(act => act.about.step === index + 1))) continue
      for (const act of inForce) standings.set(act.id, 'superseded')
      inForce = gathered
      pending.delete(content)
    }
    for (const act of inForce) standings.set(act.id, 'in_force')
  }
  return { standings, inForce }
}

/** Whether anything speaks against one approval; `partial`: nothing does, its chain may still be incomplete. */
function standingAlone(approval: SectionAct, approvals: SectionAct[], returns: SectionAct[]): Standing {
  if (!approval.matches) return 'differs'
  if (returns.some(back => cancels(back, approval))) return 'returned'
  const isRival = (other: SectionAct): boolean => other.about.content !== approval.about.content && !knew(approval, other) && !knew(other, approval)
  return approvals.some(isRival) ? 'rival' : 'partial'
}

/** Whether the author of `act` had seen the other act. */
function knew(act: SectionAct, other: SectionAct): boolean {
  return covers(act.change.base, dotOf(other.change))
}

/** A return or withdrawal of the same content, of which the author of the earlier act had not known. */
function cancels(later: SectionAct, earlier: SectionAct): boolean {
  return later.about.content === earlier.about.content && !knew(earlier, later)
}

/** The last submission that was neither returned nor withdrawn. */
function openSubmission(acts: SectionAct[]): SectionAct | null {
  const undoing = acts.filter(act => act.change.act === 'return' || act.change.act === 'withdraw')
  return last(acts.filter(act => act.change.act === 'submit' && !undoing.some(undo => cancels(undo, act))))
}

/** The last return that no later submission or approval in force has answered. */
function openReturn(acts: SectionAct[], inForce: SectionAct[]): SectionAct | null {
  const answers = acts.filter(act => act.change.act === 'submit').concat(inForce)
  return last(acts.filter(act => act.change.act === 'return' && !answers.some(answer => knew(answer, act))))
}

function statusOf(view: SectionView, submitted: SectionAct | null, returned: SectionAct | null, inForce: SectionAct[]): SectionStatus {
  const holds = (act: SectionAct): boolean => contentHash(view.path, act.about.schema, view.fields) === act.about.content
  const waits = submitted !== null && holds(submitted)
  const approval = last(inForce)
  if (!approval) return waits ? 'submitted' : returned ? 'returned' : 'draft'
  if (waits && (submitted as SectionAct).about.content !== approval.about.content) return 'amendment_submitted'
  const isMoreProtective = (path: string): boolean => has(approval.guards, path) && (view.guards[path] as number) < (approval.guards[path] as number)
  if (Object.keys(view.guards).some(isMoreProtective)) return 'stale'
  return holds(approval) ? 'approved' : 'amendment_pending'
}

function actJson({ id, about, change, position }: SectionAct): FoldedAct {
  return { change: id, content: about.content, schema: about.schema, person: change.person, at: change.at, position }
}

function returnJson(act: SectionAct): FoldedAct {
  return { ...actJson(act), reason: act.change.reason === undefined ? null : act.change.reason, remarks: { ...act.about.remarks } }
}

function approvalJson(act: SectionAct, standing: Standing, view: SectionView): FoldedApproval {
  const snapshot = act.matches ? act.fields : view.fieldsAt(act)
  return {
    ...actJson(act),
    step: act.about.step || 1,
    effective: standing === 'in_force' || standing === 'partial',
    standing,
    snapshot: { ...snapshot },
  }
}

function last<T>(items: T[]): T | null {
  return items.length ? (items[items.length - 1] as T) : null
}
