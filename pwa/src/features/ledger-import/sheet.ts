/** The preview as a sheet: one line a person, one cell a field, each cell with its doubts. Pure. */
import type { Doubt, LedgerHousehold, LedgerMember, Preview, Status } from './api'

/** The number that is most often damaged stands beside the name: both fit a narrow phone. */
export const COLUMNS = ['name', 'id_number', 'relation', 'gender', 'born_on', 'categories', 'disability', 'phone', 'address', 'number', 'remarks'] as const
export type Column = (typeof COLUMNS)[number]
export type Mark = 'problem' | 'note' | 'settled' | null

export interface Line {
  key: string
  household: LedgerHousehold
  member: LedgerMember
  first: boolean // the household's first line carries what all share
  doubts: Doubt[]
}

export type Filter = 'all' | 'problems' | 'notes' | Status

/** A doubt of the household stands on its first line. */
export function linesOf(households: readonly LedgerHousehold[]): Line[] {
  const lines: Line[] = []
  for (const household of households) {
    household.members.forEach((member, index) => {
      const doubts = index === 0 ? household.doubts.concat(member.doubts) : member.doubts
      lines.push({ key: member.row, household, member, first: index === 0, doubts })
    })
  }
  return lines
}

export function openDoubts(line: Line, severity?: Doubt['severity']): Doubt[] {
  return line.doubts.filter((doubt) => !doubt.accepted && (!severity || doubt.severity === severity))
}

/** Households keep together: a filter by doubts shows only the doubtful people, one by state whole households. */
export function filterLines(lines: readonly Line[], filter: Filter): Line[] {
  if (filter === 'all') return lines.slice()
  if (filter === 'problems' || filter === 'notes') return lines.filter((line) => openDoubts(line, filter === 'problems' ? 'problem' : 'note').length > 0)
  return lines.filter((line) => line.household.status === filter)
}

/** Which column of the sheet shows a doubt; an age stands with the birth date. */
export function columnOf(doubt: Doubt): Column {
  if (doubt.field === 'age') return 'born_on'
  return (COLUMNS as readonly string[]).indexOf(doubt.field) >= 0 ? (doubt.field as Column) : 'remarks'
}

export function doubtsIn(line: Line, column: Column): Doubt[] {
  return line.doubts.filter((doubt) => columnOf(doubt) === column)
}

export function markOf(line: Line, column: Column): Mark {
  const doubts = doubtsIn(line, column)
  if (!doubts.length) return null
  const open = doubts.filter((doubt) => !doubt.accepted)
  if (!open.length) return 'settled'
  return open.some((doubt) => doubt.severity === 'problem') ? 'problem' : 'note'
}

/** The column to open from a line's name: where the worst open doubt stands. */
export function firstDoubtful(line: Line): Column | null {
  const doubt = openDoubts(line, 'problem')[0] ?? openDoubts(line)[0]
  return doubt ? columnOf(doubt) : null
}

export interface CellWords {
  relation(code: string): string
  gender(code: string): string
  category(code: string): string
  disability(value: { kind: string; grade: string }): string
  years(age: number): string
}

/** What stands in a cell: the value as read; where it could not be read, the sheet's own text. */
export function cellText(line: Line, column: Column, words: CellWords): string {
  const { member, household } = line
  const unread = doubtsIn(line, column).find((doubt) => doubt.text)?.text ?? ''
  if (column === 'name') return member.name || unread
  if (column === 'relation') return member.relation ? words.relation(member.relation) : unread
  if (column === 'gender') return member.gender ? words.gender(member.gender) : unread
  if (column === 'born_on') return member.born_on ?? (member.age === null ? unread : words.years(member.age))
  if (column === 'id_number') return member.id_number ? maskId(member.id_number) : (member.id_text ?? unread)
  if (column === 'categories') return member.categories.length ? member.categories.map(words.category).join('、') : unread
  if (column === 'disability') return member.disability ? words.disability(member.disability) : unread
  if (column === 'phone') return member.phone ?? unread
  if (column === 'address') return line.first ? household.address || unread : ''
  if (column === 'number') return line.first ? (household.number ?? '') : ''
  return member.remarks.join('；') || unread
}

/** Sound numbers need no look here; damaged ones are shown whole, because they are what is being checked. */
function maskId(number: string): string {
  return `${number.slice(0, 6)}…${number.slice(-4)}`
}

/** Every open doubt of the filter's kind, as decisions that accept the cells as read. */
export function acceptAll(preview: Preview, severity: Doubt['severity']): { row: string; field: string; value: null }[] {
  const seen: Record<string, true> = {}
  const decisions: { row: string; field: string; value: null }[] = []
  for (const line of linesOf(preview.households)) {
    for (const doubt of openDoubts(line, severity)) {
      const key = `${doubt.row}\n${doubt.field}`
      if (seen[key]) continue
      seen[key] = true
      decisions.push({ row: doubt.row, field: doubt.field, value: null })
    }
  }
  return decisions
}
