/** What the ledger screen asks of the server: reading a file, decisions on doubtful cells, the preview against today's files. */
import type { Device } from '../../device/contract'
import type { Operation } from '../../sync/change'

export interface Doubt {
  sheet: string
  row: string // names the row in a decision
  cell: string | null // such as J5; null where the sheet has no such column
  field: string
  code: string
  text: string
  reason: string
  severity: 'problem' | 'note'
  suggestion: string | null
  accepted: boolean
}

export interface LedgerMember {
  row: string
  rows: string[]
  name: string
  relation: string | null
  gender: string | null
  born_on: string | null
  age: number | null
  id_number: string | null
  id_text: string | null
  id_converted: boolean
  phone: string | null
  categories: string[]
  disability: { kind: string; grade: string } | null
  remarks: string[]
  doubts: Doubt[]
}

export interface Difference {
  id: string
  path: string
  label: string
  member: string | null
  old: unknown
  new: unknown
  ops: Operation[]
  advised: boolean
}

export type Status = 'new' | 'changed' | 'same' | 'village_unknown' | 'not_yours'

export interface LedgerHousehold {
  key: string
  status: Status
  file_id: string | null
  scope: string | null
  number: string | null
  village: string | null
  address: string
  head_name: string | null
  members: LedgerMember[]
  doubts: Doubt[]
  differences: Difference[]
  not_mentioned: string[]
  ops: Operation[]
  apart?: { key: string; name: string; ops: Operation[] }[] // what few may know: records of their own
}

export interface LedgerVillage { name: string; households: number; village_id: string | null; mapped: boolean }

export interface LedgerSheet {
  name: string
  rows: number
  people: number
  columns: { column: string; label: string; field: string | null; how: 'word' | 'content' | 'none' }[]
  skipped: { row: number; why: string }[]
  category: string | null
  notes: string[]
}

export interface Counts {
  households: number
  people: number
  problems: number
  notes: number
  new: number
  changed: number
  same: number
  waiting: number
  absent: number
}

export interface Preview {
  import_id: string
  file_name: string
  created_at: number
  filled_on: string | null
  applied: number
  counts: Counts
  villages: LedgerVillage[]
  sheets: LedgerSheet[]
  households: LedgerHousehold[]
}

export interface PastImport { import_id: string; file_name: string; created_at: number; person_id: string; bytes: number }

/** `value` null: the cell is right as it was read. */
export interface Decision { row: string; field: string; value: string | null }

export const readLedger = (device: Device, file: File, onProgress: (share: number) => void): Promise<Preview> =>
  device.upload<Preview>('/ledger/imports', file, onProgress)

export const loadPreview = (device: Device, importId: string): Promise<Preview> =>
  device.call<Preview>('GET', `/ledger/imports/${importId}`)

export async function listPastImports(device: Device): Promise<PastImport[]> {
  return (await device.call<{ imports: PastImport[] }>('GET', '/ledger/imports')).imports
}

export const decide = (device: Device, importId: string, corrections: Decision[]): Promise<Preview> =>
  device.call<Preview>('POST', `/ledger/imports/${importId}/corrections`, { corrections })

export const nameVillage = (device: Device, importId: string, name: string, villageId: string): Promise<Preview> =>
  device.call<Preview>('POST', `/ledger/imports/${importId}/corrections`, { villages: [{ name, village_id: villageId }] })

/** A plain link: the browser downloads it with the session's cookie. */
export const doubtsAddress = (importId: string): string => `/api/v1/ledger/imports/${importId}/doubts.xlsx`
