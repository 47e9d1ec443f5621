import { afterEach, describe, expect, test } from 'vitest'
import { dueOf } from '../records'
import { useLocalRules, type Warning } from '../records/local'
import { reached } from '../records/warnings'
import { summaryOf } from './entries'
import type { StoredSummary } from './summary'
import { warner } from './warned'

const TODAY = '2026-11-22'
const FLOOD: Warning = { id: 'f1', kind: 'disaster_warning', on: '2026-11-22', until: '2026-11-25', villages: ['v1', 'v2'], note: '' }

function line(facts: Partial<StoredSummary> = {}): StoredSummary {
  return { fileId: 'a', headName: '钱桂英', memberNames: [], phones: [], idTails: [], villageId: 'v1', address: '', categories: [], riskLevel: null, lastVisitOn: '2026-11-01', nextVisitOn: '2027-01-20', unsent: 0, conflicts: 0, returned: 0, toDecide: 0, sectionStates: [], updatedAt: 0, ...facts } // prettier-ignore
}
const shown = (stored: StoredSummary, today = TODAY) => summaryOf(stored, false, warner(today)(stored))

afterEach(() => useLocalRules(undefined))

describe('a warning for whole villages', () => {
  test.each([
    ['stands in a warned village: due on the day that the rules give', {}, '2026-11-23', 'f1'],
    ['stands in another village: as before', { villageId: 'v9' }, '2027-01-20', undefined],
    ['has no village yet: as before', { villageId: null }, '2027-01-20', undefined],
    ['was due before anyway: that day stays, and the warning is said', { nextVisitOn: '2026-11-10' }, '2026-11-10', 'f1'],
    ['was visited at home since: settled', { lastVisitOn: '2026-11-22' }, '2027-01-20', undefined],
    ['was only called since: still to be visited', { lastVisitOn: '2026-11-22', homeOn: '2026-11-01' }, '2026-11-23', 'f1'],
    ['was called and never visited: still to be visited', { lastVisitOn: '2026-11-22', homeOn: '' }, '2026-11-23', 'f1'],
    ['is a closed file: not due', { nextVisitOn: null }, null, undefined],
  ])('a household that %s', (_, facts, due, warned) => {
    useLocalRules(undefined, [FLOOD])
    const found = shown(line(facts))
    expect([found.nextVisitOn, found.warned?.id]).toEqual([due, warned])
  })

  test('ends by itself with its last day, and its line is the old one again', () => {
    useLocalRules(undefined, [FLOOD])
    const stored = line()
    expect(shown(stored, '2026-11-25').warned?.id).toBe('f1')
    expect(shown(stored, '2026-11-26')).toMatchObject({ nextVisitOn: '2027-01-20' })
    expect(shown(stored, '2026-11-26').warned).toBeUndefined()
  })

  test('of two the earlier is said first, then the one that the visit did not answer', () => {
    useLocalRules(undefined, [{ ...FLOOD, id: 'later', on: '2026-11-24' }, FLOOD])
    expect(shown(line()).warned?.id).toBe('f1')
    expect(shown(line({ lastVisitOn: '2026-11-23' })).warned?.id).toBe('later')
  })

  test('counts for the page of the household by its own file, as an event does', () => {
    useLocalRules(undefined, [FLOOD])
    const settled = (value: unknown) => ({ status: 'settled', value })
    const state = { file: 'a', kind: 'household', paths: { address: settled({ village_id: 'v2' }), opened_on: settled('2026-11-20') }, elements: {}, sections: {} }
    const due = dueOf(state as never, TODAY)
    expect([due?.rule, due?.dueOn, due?.way]).toEqual(['event_disaster_warning', '2026-11-23', 'home'])
    useLocalRules(undefined)
    expect(dueOf(state as never, TODAY)?.rule).not.toBe('event_disaster_warning')
  })

  test('how far it is counts homes visited since, and no closed file', () => {
    const lines = [line(), line({ lastVisitOn: '2026-11-22' }), line({ lastVisitOn: '2026-11-23', homeOn: '' }), line({ nextVisitOn: null }), line({ villageId: 'v9' })]
    expect(reached(FLOOD, lines)).toEqual({ all: 3, done: 1 })
  })
})
