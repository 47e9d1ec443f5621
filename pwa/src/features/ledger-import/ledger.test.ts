/** The preview as a sheet, and filing: what is made, what is skipped, and what a second press does. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Device, FileView } from '../../device/contract'
import type { Operation } from '../../sync/change'
import { drawerOf } from '../../sync/drawers'
import type { Doubt, LedgerHousehold, LedgerMember, Preview, Status } from './api'
import { fileHouseholds, forgetJob, isThere, job } from './filing'
import { acceptAll, cellText, filterLines, linesOf, markOf, type CellWords } from './sheet'

const words: CellWords = {
  relation: (code) => `R${code}`,
  gender: (code) => code,
  category: (code) => code,
  disability: ({ kind, grade }) => `${kind}/${grade}`,
  years: (age) => `${age} 岁`,
}

function doubt(row: string, more: Partial<Doubt> = {}): Doubt {
  return { sheet: '台账', row, cell: 'J4', field: 'id_number', code: 'id_missing', text: '无', reason: '请补上', severity: 'problem', suggestion: null, accepted: false, ...more }
}

function member(row: string, more: Partial<LedgerMember> = {}): LedgerMember {
  return { row, rows: [row], name: '王一', relation: '02', gender: 'male', born_on: null, age: null, id_number: null, id_text: null, id_converted: false, phone: null, categories: [], disability: null, remarks: [], doubts: [], ...more }
}

function household(key: string, status: Status, more: Partial<LedgerHousehold> = {}): LedgerHousehold {
  return { key, status, file_id: null, scope: 's1', number: key, village: '上坪村', address: '上坪村1组1号', head_name: '王一', members: [member(key)], doubts: [], differences: [], not_mentioned: [], ops: [{ op: 'set', path: 'ledger_number', value: key }], ...more }
}

function preview(households: LedgerHousehold[]): Preview {
  const count = (status: Status) => households.filter((one) => one.status === status).length
  return { import_id: 'i1', file_name: '台账.xlsx', created_at: 1, filled_on: null, applied: 0, villages: [], sheets: [], households, counts: { households: households.length, people: households.length, problems: 0, notes: 0, new: count('new'), changed: count('changed'), same: count('same'), waiting: 0, absent: 0 } }
}

describe('the sheet', () => {
  const first = member('台账!4', { doubts: [doubt('台账!4')] })
  const second = member('台账!5', { name: '李二', doubts: [doubt('台账!5', { field: 'categories', code: 'category_loose', severity: 'note', text: '特困' })] })
  const lines = linesOf([household('台账!4', 'new', { members: [first, second] }), household('台账!6', 'same')])

  it('has one line a person, and household cells on the first line only', () => {
    expect(lines.map((line) => [line.member.name, cellText(line, 'address', words)])).toEqual([['王一', '上坪村1组1号'], ['李二', ''], ['王一', '上坪村1组1号']])
  })
  it('colours a cell by the worst that is open in it', () => {
    expect(markOf(lines[0]!, 'id_number')).toBe('problem')
    expect(markOf(lines[1]!, 'categories')).toBe('note')
    expect(markOf(lines[2]!, 'id_number')).toBeNull()
    const settled = linesOf([household('x', 'new', { members: [member('x', { doubts: [doubt('x', { accepted: true })] })] })])
    expect(markOf(settled[0]!, 'id_number')).toBe('settled')
  })
  it('shows the text of the sheet where nothing could be read, and masks a sound number', () => {
    expect(cellText(lines[0]!, 'id_number', words)).toBe('无')
    const sound = linesOf([household('x', 'new', { members: [member('x', { id_number: '990587197408048193' })] })])
    expect(cellText(sound[0]!, 'id_number', words)).toBe('990587…8193')
  })
  it('filters by what is to be checked and by what becomes of the file', () => {
    expect(filterLines(lines, 'problems').map((line) => line.key)).toEqual(['台账!4'])
    expect(filterLines(lines, 'notes').map((line) => line.key)).toEqual(['台账!5'])
    expect(filterLines(lines, 'same').map((line) => line.key)).toEqual(['台账!6'])
    expect(filterLines(lines, 'all')).toHaveLength(3)
  })
  it('accepts every open doubt of a kind once, as read', () => {
    const twice = household('x', 'new', { members: [member('x', { doubts: [doubt('x'), doubt('x', { code: 'id_zeros' }), doubt('x', { field: 'phone', accepted: true })] })] })
    expect(acceptAll(preview([twice]), 'problem')).toEqual([{ row: 'x', field: 'id_number', value: null }])
  })
})

class FakeDevice {
  sync = { unsentCount: 0, online: true }
  files = new Map<string, Operation[]>()
  drafts = new Map<string, unknown>()
  failsAfter = Infinity
  households: LedgerHousehold[] = []
  syncs = 0

  async syncNow(): Promise<void> {
    this.syncs += 1
    if (this.sync.online) this.sync.unsentCount = 0
  }
  async call<T>(): Promise<T> {
    const known = new Set([...this.files.values()].map((ops) => JSON.stringify(ops)))
    const now = this.households.map((one) => (one.status === 'new' && known.has(JSON.stringify(one.ops)) && this.sync.unsentCount === 0 ? { ...one, status: 'same' as const, ops: [] } : one))
    return preview(now) as T
  }
  async createFile(_kind: string, scope: string, ops: Operation[]): Promise<{ fileId: string; changeId: string }> {
    if (this.files.size >= this.failsAfter) throw Object.assign(new Error('full'), { code: 'storage_full' })
    if (!scope) throw Object.assign(new Error('scope'), { code: 'not_allowed' })
    const fileId = `f${this.files.size}`
    this.files.set(fileId, ops)
    this.sync.unsentCount += 1
    return { fileId, changeId: 'c' }
  }
  async openFile(fileId: string): Promise<FileView> {
    const paths = Object.fromEntries((this.files.get(fileId) ?? []).map((op) => [op.path, { status: 'settled', value: 'value' in op ? op.value : null }]))
    return { fileId, state: { paths, elements: {} } } as unknown as FileView
  }
  async save(view: FileView, ops: Operation[]): Promise<string> {
    this.files.set(view.fileId, (this.files.get(view.fileId) ?? []).concat(ops))
    return 'c'
  }
  saveDraft(key: string, value: unknown): void { this.drafts.set(key, value) }
  async loadDraft<T>(key: string): Promise<T | null> { return (this.drafts.get(key) as T) ?? null }
  async deleteDraft(key: string): Promise<void> { this.drafts.delete(key) }
}

describe('filing', () => {
  let phone: FakeDevice
  const run = (accepts = true) => fileHouseholds(phone as unknown as Device, 'i1', () => accepts, '导入')
  beforeEach(() => {
    forgetJob()
    phone = new FakeDevice()
    phone.households = ['a', 'b', 'c'].map((key) => household(key, 'new'))
  })

  it('makes each new household once and says so', async () => {
    const last = await run()
    expect([job.state, job.created, job.done, job.total]).toEqual(['done', 3, 3, 3])
    expect(last?.counts.new).toBe(0)
    expect(phone.drafts.size).toBe(0)
  })
  it('puts what few may know into the drawer beside the patch, once', async () => {
    const kinds: string[] = []
    const made = phone.createFile.bind(phone)
    phone.createFile = (kind, scope, ops) => { kinds.push(`${kind} ${scope}`); return made(kind, scope, ops) }
    phone.households = [household('a', 'new', { apart: [{ key: 'm1', name: '王一', ops: [{ op: 'add', path: 'categories', value: 'community_detox' }] }] })]
    await run()
    await run()
    expect(kinds).toEqual(['household s1', `restricted_record ${drawerOf('s1')}`])
    expect(phone.files.get('f1')?.[0]).toEqual({ op: 'set', path: 'household', value: 'f0' })
  })
  it('makes nothing twice when it is pressed again after a break', async () => {
    phone.failsAfter = 2
    expect(await run()).toBeNull()
    expect([job.state, job.created]).toEqual(['stopped', 2])
    phone.failsAfter = Infinity
    await run()
    expect(phone.files.size).toBe(3)
    await run()
    expect(phone.files.size).toBe(3)
  })
  it('does not make again what waits for the server, even when the server does not know it yet', async () => {
    await run()
    phone.files.forEach((_, key) => phone.files.set(key, [{ op: 'set', path: 'x', value: 'not judged yet' }]))
    phone.drafts.set('ledger-import/i1', { created: { a: 'f0', b: 'f1', c: 'f2' } })
    await run()
    expect(phone.files.size).toBe(3)
  })
  it('waits until everything is sent before it compares', async () => {
    phone.sync = { unsentCount: 2, online: false }
    expect(await run()).toBeNull()
    expect((job.problem as { code: string }).code).toBe('unsent')
    expect(phone.files.size).toBe(0)
  })
  it('goes on past a household that fails, and names how many', async () => {
    phone.households[1] = household('b', 'new', { scope: null })
    await run()
    expect([job.created, job.failed.length, job.failed[0]?.code]).toEqual([2, 1, 'not_allowed'])
  })
  it('saves only accepted differences, and nothing that is already there', async () => {
    phone.files.set('f9', [{ op: 'set', path: 'phone', value: '1' }])
    const difference = (id: string, value: string) => ({ id, path: 'phone', label: '电话', member: null, old: '1', new: value, advised: true, ops: [{ op: 'set', path: 'phone', value }] as Operation[] })
    phone.households = [household('a', 'changed', { file_id: 'f9', ops: [], differences: [difference('phone', '2')] })]
    await run(false)
    expect(phone.files.get('f9')).toHaveLength(1)
    await run(true)
    expect(phone.files.get('f9')?.map((op) => ('value' in op ? op.value : ''))).toEqual(['1', '2'])
    phone.households = [household('a', 'changed', { file_id: 'f9', ops: [], differences: [difference('phone', '2')] })]
    await run(true)
    expect(phone.files.get('f9')).toHaveLength(2)
  })
  it('knows what a file already says', () => {
    const state = { paths: { phone: { status: 'settled', value: '1' }, address: { status: 'settled', value: { door: '1号', village_id: 'v' } }, tags: { status: 'settled', value: ['dibao'] }, size: { status: 'conflict', value: 2 } }, elements: { 'members/m': {} } }
    expect(isThere({ op: 'set', path: 'phone', value: '1' }, state)).toBe(true)
    expect(isThere({ op: 'set', path: 'address', value: { village_id: 'v', door: '1号' } }, state)).toBe(true)
    expect(isThere({ op: 'set', path: 'address', value: { village_id: 'v', door: '2号' } }, state)).toBe(false)
    expect(isThere({ op: 'set', path: 'size', value: 2 }, state)).toBe(false)
    expect(isThere({ op: 'add', path: 'tags', value: 'dibao' }, state)).toBe(true)
    expect(isThere({ op: 'append', path: 'members', id: 'm', value: {} }, state)).toBe(true)
    expect(isThere({ op: 'append', path: 'members', id: 'n', value: {} }, state)).toBe(false)
  })
})
