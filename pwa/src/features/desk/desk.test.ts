import { describe, expect, it } from 'vitest'
import type { FoldedFile } from '../../sync/fold'
import { differencesOf, worthEntering } from './difference'
import { decideMany, groupWaiting, mayAcceptMany, type WaitingItem } from './waiting'

const ID = 'a'.repeat(32)

function item(facts: Partial<WaitingItem>): WaitingItem {
  return { change: 'c'.repeat(64), file: 'f'.repeat(32), kind: 'household', scope: 's', replica: 'r', person_id: 'p', act: 'save', status: 'quarantined', why: 'lost_phone', position: 1, received_at: 10, reasons: [], asked_at: null, note: null, ...facts }
}

describe('what waits is grouped', () => {
  it('by person and reason; what somebody asks about stands first, what merely waits last', () => {
    const groups = groupWaiting([item({ why: 'held', status: 'held' }), item({}), item({ file: 'g'.repeat(32) }), item({ person_id: 'q' }), item({ why: 'asked', status: 'returned', asked_at: 5 })])
    expect(groups.map((group) => [group.why, group.personId, group.items.length, group.households])).toEqual([['asked', 'p', 1, 1], ['lost_phone', 'p', 2, 2], ['lost_phone', 'q', 1, 1], ['held', 'p', 1, 1]])
  })

  it('and taken in at once only where every one could be, never forks and never what was returned', () => {
    const [lost, forks, held] = [groupWaiting([item({}), item({})])[0]!, groupWaiting([item({ why: 'fork' }), item({ why: 'fork' })])[0]!, groupWaiting([item({ status: 'held', why: 'held' }), item({ status: 'held', why: 'held' })])[0]!]
    expect([lost, forks, held].map(mayAcceptMany)).toEqual([true, false, false])
  })

  it('decides in the order of arrival, fifty at a time', async () => {
    const sent: string[][] = []
    const call = async (_method: string, _path: string, body?: unknown) => {
      const { changes } = body as { changes: string[] }
      sent.push(changes)
      return { results: changes.map((change) => ({ change, status: 'accepted', code: null })) }
    }
    const items = Array.from({ length: 120 }, (_, n) => item({ change: String(n), position: 1000 - n }))
    const results = await decideMany({ call: call as never }, items, 'accept', '', () => undefined)
    expect(sent.map((batch) => batch.length)).toEqual([50, 50, 20])
    expect(results[0]?.change).toBe('119')
  })
})

describe('a waiting change is shown as difference', () => {
  const state = { paths: { phone: { status: 'settled', value: '1' }, notes: { status: 'settled', value: '同' }, tags: { status: 'settled', value: ['x'] } }, elements: { [`visits/${ID}`]: { voided: false } } } as unknown as FoldedFile
  const ops = [
    { op: 'set' as const, path: 'phone', value: '2' },
    { op: 'set' as const, path: 'notes', value: '同' },
    { op: 'add' as const, path: 'tags', value: 'x' },
    { op: 'append' as const, path: 'visits', id: ID, value: { said: '好' } },
    { op: 'void' as const, path: `visits/${ID}` },
  ]

  it('from the file as it is now', () => {
    expect(differencesOf(ops, state).map((one) => [one.path, one.what, one.isSame])).toEqual([['phone', 'wrote', false], ['notes', 'wrote', true], ['tags', 'added', true], [`visits/${ID}`, 'began', true], [`visits/${ID}/said`, 'wrote', false], [`visits/${ID}`, 'struck_out', false]])
  })

  it('of which only what would change something is entered again, and nothing that is here twice', () => {
    expect(worthEntering(ops, differencesOf(ops, state))).toEqual([0, 4])
    expect(worthEntering(ops, differencesOf(ops, null))).toEqual([0, 1, 2, 3, 4])
  })
})
