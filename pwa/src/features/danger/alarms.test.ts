import { describe, expect, test } from 'vitest'
import type { HouseholdSummary, UnlinkedRecord } from '../../device'
import { alarmsOf, seenOperations } from './alarms'
import { waitingOf } from './waiting'

const [WORKER, DEPUTY] = ['b2'.repeat(16), 'c3'.repeat(16)] as [string, string]
const alarm = (id: string, more: object = {}) => ({ id, foundAt: 1000, reportedAt: null, raisedBy: WORKER, seen: false, written: false, ...more })
const household = (...alarms: object[]) => ({ fileId: 'f1'.repeat(16), headName: '覃石头', address: '竹山村3号', alarms }) as unknown as HouseholdSummary
const record = (more: object = {}) => ({ fileId: 'f2'.repeat(16), villageName: '竹山村', personName: '无名老人', note: '', values: { urgency: 'emergency' }, at: 500, ...more }) as UnlinkedRecord

describe('an alarm', () => {
  test('rings for who is in charge, the oldest first, one recorded with the phone locked too; not for who raised it, not once seen', () => {
    const rings = (me: string, ...alarms: object[]) => alarmsOf([household(...alarms)], [], me).map((one) => one.crisis)
    expect(rings(DEPUTY, alarm('2', { foundAt: 2000 }), alarm('1'))).toEqual(['1', '2'])
    expect(rings(WORKER, alarm('1'))).toEqual([])
    expect(rings(DEPUTY, alarm('1', { seen: true }))).toEqual([])
    expect(alarmsOf([household(alarm('1'))], [record()], DEPUTY).map((one) => one.where)).toEqual(['竹山村 无名老人', '竹山村3号 覃石头'])
    expect(alarmsOf([], [record({ seen: true }), record({ values: { urgency: 'soon' } })], DEPUTY)).toEqual([])
  })
  test('is acknowledged by name and time, in the crisis or in the record itself', () => {
    expect(seenOperations({ crisis: 'c' }, DEPUTY, 5)).toEqual([{ op: 'add', path: 'crises/c/seen_by', value: DEPUTY }, { op: 'set', path: 'crises/c/seen_at', value: 5 }])
    expect(seenOperations({ crisis: null }, DEPUTY, 5)[0]).toMatchObject({ path: 'seen_by' })
  })
  test('waits in the list of who raised it until it is written up, and of who is in charge', () => {
    const listed = (personId: string, duty: string, ...alarms: object[]) => waitingOf({ households: [household(...alarms)], me: { personId, duties: [duty] } as never }).length
    expect([listed(WORKER, 'worker', alarm('1')), listed(WORKER, 'worker', alarm('1', { written: true })), listed('d4'.repeat(16), 'worker', alarm('1'))]).toEqual([1, 0, 0])
    expect(listed(DEPUTY, 'deputy', alarm('1', { seen: true }))).toBe(1)
  })
})
