import { beforeAll, describe, expect, it } from 'vitest'
import type { FileView } from '../../device'
import { loadCodes } from '../../records'
import { getForm } from '../../records/forms'
import { makeState } from '../../records/scene'
import { makeWords } from '../../records/words'
import { listRecords } from './caseRecords'

const rowsOf = (form: string, scene: Record<string, unknown>) => {
  const view = { kind: 'household', state: makeState(scene) } as unknown as FileView
  return listRecords(view, getForm(form), makeWords('household', view.state, 'zh-CN', {}), String, '需保密')
}

describe('the rows of a case', () => {
  beforeAll(loadCodes)

  it('never name a restricted category or field: who needs it opens it', () => {
    const rows = rowsOf('category_assignment', { category_assignments: [{ category: 'community_detox', starts_on: '2026-02', basis: '某决定书' }, { category: 'dibao', starts_on: '2026-01', basis: '镇民3号' }] })
    expect(rows.map((row) => row.note)).toEqual(['需保密 · 某决定书', '最低生活保障对象 · 镇民3号'])
    const crisis = rowsOf('crisis', { crises: [{ kind: 'violence', what_happened: '被打' }] })
    expect(crisis[0]!.note).toBe('需保密')
  })

  it('stand with the newest first', () => {
    expect(rowsOf('event', { events: [{ kind: 'death', happened_on: '2026-01-01' }, { kind: 'discharge', happened_on: '2026-03-01' }] }).map((row) => row.on)).toEqual(['2026-03-01', '2026-01-01'])
  })
})
