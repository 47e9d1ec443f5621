/**
 * A section that waits for approval, as difference from the last approved version of it. Pure: reads a folded file and
 * the kind's rules, asks no device. What may be done with it is decided in `standing.ts`.
 */
import type { Json } from '../../sync/canonical'
import type { FoldedApproval, FoldedFile, Rules } from '../../sync/fold'
import { findSection } from '../../sync/rules'

export type RowState = 'new' | 'changed' | 'same' | 'unsettled' | 'cleared'

/** One field of the section. `path` is where it stands now; `old` is undefined where nothing was approved before. */
export interface Row {
  path: string
  field: string
  old: Json | undefined
  now: Json | undefined
  state: RowState
  pinned: boolean
}

/** The approved version that the section is compared with; `section` differs when it is an earlier assessment. */
export interface Baseline {
  section: string
  approval: FoldedApproval
}

export interface Comparison {
  section: string
  baseline: Baseline | null
  rows: Row[]
}

export function compareSection(rules: Rules, state: FoldedFile, section: string): Comparison {
  const baseline = findBaseline(state, section)
  const pins = new Set(findSection(rules, section)?.pins ?? [])
  const rows = fieldsOf(rules, state, section, baseline).map(field => {
    const path = pathOf(section, field)
    const old = baseline?.approval.snapshot[pathOf(baseline.section, field)]
    const found = state.paths[path]
    const now = found?.status === 'conflict' ? undefined : found?.value
    return { path, field, old, now, state: stateOf(old, now, found?.status), pinned: pins.has(field) }
  })
  return { section, baseline, rows: rows.filter(row => row.old !== undefined || row.now !== undefined || row.state === 'unsettled') }
}

/** What a reviewer sees first: everything that is not as it was. */
export function changedRows(comparison: Comparison): Row[] {
  return comparison.rows.filter(row => row.state !== 'same')
}

/**
 * The last effective approval of this very section; else, for an element, that of its youngest approved sister: a new
 * assessment is read against the last approved one of the household.
 */
export function findBaseline(state: FoldedFile, section: string): Baseline | null {
  const own = lastEffective(state, section)
  if (own) return { section, approval: own }
  const [collection, id] = section.split('/')
  if (!id) return null
  let best: Baseline | null = null
  for (const other of Object.keys(state.sections)) {
    if (other === section || other.split('/')[0] !== collection || state.elements[other]?.voided) continue
    const approval = lastEffective(state, other)
    if (approval && (!best || approval.at > best.approval.at)) best = { section: other, approval }
  }
  return best
}

export function lastEffective(state: FoldedFile, section: string): FoldedApproval | null {
  const effective = (state.sections[section]?.approved ?? []).filter(approval => approval.standing === 'in_force')
  return effective[effective.length - 1] ?? null
}

/** The section's fields in the order of the kind's rules, then those that only a newer version knows. */
function fieldsOf(rules: Rules, state: FoldedFile, section: string, baseline: Baseline | null): string[] {
  const [name = '', id] = section.split('/')
  const rule = findSection(rules, section)
  if (!id) return unique([...(rule?.pins ?? []), ...(rule?.exempt ?? [])])
  const declared = Object.keys(rules.collections[name]?.fields ?? {})
  const written = Object.keys(state.paths).filter(path => path.indexOf(`${section}/`) === 0).map(path => path.slice(section.length + 1))
  const approved = Object.keys(baseline?.approval.snapshot ?? {}).map(path => path.split('/')[2] ?? path)
  return unique([...declared, ...written, ...approved]).filter(field => field.charAt(0) !== '$')
}

function pathOf(section: string, field: string): string {
  return section.indexOf('/') > 0 ? `${section}/${field}` : field
}

function stateOf(old: Json | undefined, now: Json | undefined, status: string | undefined): RowState {
  if (status === 'conflict') return 'unsettled'
  if (old === undefined) return 'new'
  if (now === undefined || (now === null && old !== null)) return 'cleared'
  return sameValue(old, now) ? 'same' : 'changed'
}

/** Equal as data: keys in any order, and lists as sets, since every list in a record is a union field. */
export function sameValue(a: Json, b: Json): boolean {
  return normal(a) === normal(b)
}

function normal(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(normal).sort().join(',')}]`
  if (value && typeof value === 'object') {
    return `{${Object.keys(value).sort().map(key => `${JSON.stringify(key)}:${normal(value[key] as Json)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

function unique(names: string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) === index)
}
