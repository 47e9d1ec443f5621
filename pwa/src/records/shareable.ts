/**
 * What of a file may leave it: to the family (a copy of their own file), or to a receiver (the parts that were agreed on). An allow-list: what
 * nobody named here stays. Never, for anybody: crises and their evidence, signs of danger and reports in visits, risk, whatever is restricted,
 * what workers and reviewers write for themselves. Pure.
 */
import { evidenceIds, isCurtained, listAttachments, type Attachment } from './attachments'
import { fieldsOf } from './kinds'
import { isHead, listElements, listMembers, shownValue, text, texts } from './people'
import type { FoldedLike } from './shapes'
import type { Words } from './words'

export type Part = 'basics' | 'assessment' | 'instruments' | 'plan' | 'visits' | 'notes' | 'medical' | 'papers'
export interface Row { label: string; value: string }
export interface Page { title: string; rows: Row[] }

const RESTRICTED = 3
const FOR_THEMSELVES = ['worker_note', 'review_note', 'reflection', 'observation', 'no_visit_needed', 'parcel', 'legal_basis', 'relative_of_official']
const ABOUT_DANGER = ['urgency', 'problems', 'danger_signs', 'reported_to', 'report_note', 'risk_level', 'risk_reason', 'safety_signs']
/** Tests whose result says that somebody in the house is suspected. */
const OF_DANGER = ['child_risk']

const PARTS: { [part: string]: { collections: string[]; root?: boolean; members?: string[]; kinds?: string[] } } = {
  basics: { collections: [], root: true, members: ['name', 'former_names', 'relation', 'gender', 'born_on', 'phone', 'ethnic_group', 'education', 'marital_status', 'living_situation', 'occupation', 'whereabouts', 'whereabouts_place', 'school_stage', 'school', 'guardian', 'caregiver', 'categories', 'moved_out_on', 'died_on'] },
  assessment: { collections: ['assessments'] },
  instruments: { collections: ['instrument_results'] },
  plan: { collections: ['plans'] },
  visits: { collections: ['visits'] },
  notes: { collections: ['interventions'] },
  medical: { collections: [], members: ['name', 'disability', 'health_states', 'health_note', 'self_care', 'needs_long_term_care', 'seriously_ill'], kinds: ['diagnosis', 'disability_certificate'] },
  papers: { collections: [], members: ['name', 'id_number', 'other_paper'], kinds: ['id_card', 'household_booklet', 'disability_certificate', 'benefit_certificate', 'paper_scan'] },
}
/** What a family's copy holds beside its root and members. */
const FAMILY = ['consents', 'assessments', 'instrument_results', 'plans', 'visits', 'interventions', 'resource_links', 'policy_matches', 'evaluations', 'closures', 'follow_ups']

/** A copy of their file for the family, readable; nothing in it tells that danger was reported. */
export function familyPages(state: FoldedLike, words: Words): Page[] {
  const pages = [page('', rootRows(state, words))]
  for (const member of listMembers(state)) pages.push(page(words.element(`members/${member.id}`), elementRows(state, 'members', member.id, words, null)))
  for (const collection of FAMILY) pages.push(...collectionPages(state, collection, words))
  return pages.filter((one) => one.rows.length)
}

/** The parts that go to a receiver, readable. `members`: whom the referral is about; nobody named: the whole household. */
export function partPages(state: FoldedLike, parts: readonly string[], members: readonly string[], words: Words): Page[] {
  const pages: Page[] = []
  if (parts.indexOf('basics') >= 0) pages.push(page('', rootRows(state, words)))
  const fields = parts.reduce<string[]>((all, part) => all.concat(PARTS[part]?.members ?? []), [])
  if (fields.length) for (const member of listMembers(state)) if (!members.length || members.indexOf(member.id) >= 0) pages.push(page(words.element(`members/${member.id}`), elementRows(state, 'members', member.id, words, fields)))
  for (const part of parts) for (const collection of PARTS[part]?.collections ?? []) pages.push(...collectionPages(state, collection, words))
  return pages.filter((one) => one.rows.length)
}

/** Photos of papers that go along with these parts; evidence, and what the family took back, never do. */
export function partAttachments(state: FoldedLike, parts: readonly string[]): Attachment[] {
  const kinds = parts.reduce<string[]>((all, part) => all.concat(PARTS[part]?.kinds ?? []), [])
  const evidence = evidenceIds(state)
  return listAttachments(state).filter((one) => kinds.indexOf(one.kind) >= 0 && evidence.indexOf(one.id) < 0 && !isCurtained(state, one))
}

/** Root and members as values, for a station that opens a file of its own from them. */
export function openingValues(state: FoldedLike, parts: readonly string[]): { root: Record<string, unknown>; members: Record<string, unknown>[] } {
  const root: Record<string, unknown> = {}
  if (parts.indexOf('basics') >= 0) for (const name of ROOT) { const value = shownValue(state, name); if (value !== undefined && value !== null) root[name] = value } // prettier-ignore
  // A village's id means something in its own station alone; its name stays.
  if (root['address']) root['address'] = { ...(root['address'] as object), village_id: null }
  const fields = parts.reduce<string[]>((all, part) => all.concat(PARTS[part]?.members ?? []), [])
  const members = fields.length ? listMembers(state).map((member) => {
    const values: Record<string, unknown> = {}
    for (const name of fields) if (mayLeave('members', name) && member.values[name] !== undefined && member.values[name] !== null) values[name] = member.values[name]
    return values
  }) : [] // prettier-ignore
  return { root, members }
}

export function headName(state: FoldedLike): string {
  const members = listMembers(state)
  return (members.find(isHead) ?? members[0])?.name ?? ''
}

const ROOT = ['address', 'registered_address', 'directions', 'phone', 'emergency_contact', 'household_size', 'registered_type', 'income_yearly_fen', 'income_sources', 'rigid_expense_yearly_fen', 'policies_enjoyed', 'benefit_monthly_fen', 'poverty_causes', 'housing_kind', 'housing_grade', 'registered_here', 'housing_area_m2', 'categories', 'difficulties', 'strengths']

function mayLeave(collection: string, name: string): boolean {
  const field = fieldsOf('household', collection)[name]
  if (!field || (field.sensitivity ?? 1) >= RESTRICTED || FOR_THEMSELVES.indexOf(name) >= 0 || ABOUT_DANGER.indexOf(name) >= 0) return false
  return field.refers !== 'attachments' && field.type !== 'hash'
}

function rootRows(state: FoldedLike, words: Words): Row[] {
  return ROOT.filter((name) => mayLeave('', name)).map((name) => row(state, name, words)).filter((one): one is Row => one !== null)
}

function elementRows(state: FoldedLike, collection: string, id: string, words: Words, only: readonly string[] | null): Row[] {
  const names = Object.keys(fieldsOf('household', collection)).filter((name) => mayLeave(collection, name) && (!only || only.indexOf(name) >= 0))
  return names.map((name) => row(state, `${collection}/${id}/${name}`, words)).filter((one): one is Row => one !== null)
}

function collectionPages(state: FoldedLike, collection: string, words: Words): Page[] {
  return listElements(state, collection)
    .filter((id) => !(collection === 'instrument_results' && OF_DANGER.indexOf(text(shownValue(state, `${collection}/${id}/instrument`))) >= 0))
    .map((id) => {
      // Of a visit at which danger was seen only that it took place.
      const isDanger = collection === 'visits' && (texts(shownValue(state, `visits/${id}/danger_signs`)).length > 0 || text(shownValue(state, `visits/${id}/urgency`)) === 'emergency')
      return page(words.element(`${collection}/${id}`), elementRows(state, collection, id, words, isDanger ? ['visited_on', 'method'] : null))
    })
}

function page(title: string, rows: Row[]): Page {
  return { title, rows }
}

function row(state: FoldedLike, path: string, words: Words): Row | null {
  const value = shownValue(state, path)
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)) return null
  return { label: words.fieldOnly(path), value: words.value(path, value) }
}
