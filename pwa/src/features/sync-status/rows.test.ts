import { beforeAll, describe, expect, it } from 'vitest'
import type { Fate, OwnSave } from '../../device'
import { loadWords } from '../../i18n'
import { needsAttention, saveRow } from './rows'

beforeAll(() => loadWords('sync-status', 'reasons'))

function save(facts: Partial<OwnSave>): OwnSave {
  return {
    changeId: 'c', dot: ['r', 1], act: 'save', ops: [], about: null, reason: null, personId: 'p', personName: '林小禾', replica: 'r', at: 0, receivedAt: null, position: null,
    fate: 'unsent', reasons: [], own: true, fileId: 'f', kind: 'household', left: false, headName: '单桂英', dismissed: false, askedAt: null, waitsFor: [], reissues: null, ...facts,
  } // prettier-ignore
}

describe('an own save', () => {
  it('asks for attention until it is received or put away', () => {
    const fates: Fate[] = ['unsent', 'sent', 'held', 'quarantined', 'returned', 'declined']
    for (const fate of fates) expect(needsAttention(save({ fate })), fate).toBe(true)
    expect(needsAttention(save({ fate: 'accepted' }))).toBe(false)
    expect(needsAttention(save({ fate: 'returned', dismissed: true }))).toBe(false)
  })

  it('says why it came back: the server’s sentence first, then ours, then the bare code', () => {
    const reasons = [{ code: 'out_of_range', say: '家庭人口不能是 99' }, { code: 'own_work' }, { code: 'code_of_next_year' }]
    expect(saveRow(save({ fate: 'returned', reasons })).reasons).toEqual(['家庭人口不能是 99', '自己写的或自己提交的，不能自己审核。', '原因编号：code_of_next_year'])
  })

  it('is named by what it added', () => {
    expect(saveRow(save({ ops: [{ op: 'append', path: 'visits', id: 'a', value: {} }] })).what).toBe('走访记录')
    expect(saveRow(save({ act: 'submit' })).what).toBe('提交审核')
    expect(saveRow(save({ ops: [{ op: 'set', path: 'phone', value: '1' }] })).what).toBe('改了 1 项')
  })
})
