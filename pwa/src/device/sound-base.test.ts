/** What a save of a phone that was copied may claim to have shown. */
import { describe, expect, test } from 'vitest'
import type { Change } from '../sync/change'
import { fold, stateDigest, type Rules } from '../sync/fold'
import type { Verdict } from '../sync/verdict'
import type { KnownChange } from './file-state'
import { soundBase } from './sound-base'

const RULES = { kind: 'household', version: 1, fields: { phone: { policy: 'latest' } }, collections: {}, sections: {}, duties: ['worker'] } as unknown as Rules
const [FILE, OLD, NEW, OTHER] = ['f'.repeat(32), '0'.repeat(32), '1'.repeat(32), '2'.repeat(32)]

function saved(replica: string, seq: number, status: string | null, position = seq): KnownChange {
  const change = { file: FILE, replica, seq, base: { vector: {}, except: [] }, ops: [{ op: 'set', path: 'phone', value: replica + seq }], act: 'save', at: 1, server_at: 0, person: 'p' } as unknown as Change
  return { id: replica + seq, change, verdict: status === null ? null : ({ status, position, received_at: 1, duty: 'worker' } as Verdict), envelope: { body: '', sig: '' }, verdictEnvelope: null }
}
const digest = (known: KnownChange[]): string => stateDigest(fold(RULES, known, FILE))

describe('a base after a renewal', () => {
  test('leaves out what was not accepted under the key that was given up', () => {
    const known = [saved(OLD, 1, 'accepted'), saved(OLD, 2, 'quarantined'), saved(OLD, 3, null), saved(OTHER, 1, 'accepted', 2)]
    const base = soundBase({ file: FILE, base: { vector: { [OLD]: 3, [OTHER]: 1 }, except: [] }, seen: null }, RULES, known, NEW, new Set([OLD]), [])
    expect(base).toEqual({ vector: { [OLD]: 1, [OTHER]: 1 }, except: [] })
  })

  test('names a gap where a later one was accepted', () => {
    const known = [saved(OLD, 1, 'quarantined'), saved(OLD, 2, 'accepted')]
    expect(soundBase({ file: FILE, base: { vector: { [OLD]: 2 }, except: [] }, seen: null }, RULES, known, NEW, new Set([OLD]), [])).toEqual({ vector: { [OLD]: 2 }, except: [[OLD, 1]] })
  })

  test('keeps what the present key said, decided or not', () => {
    const base = { vector: { [NEW]: 2 }, except: [] }
    expect(soundBase({ file: FILE, base, seen: null }, RULES, [saved(NEW, 1, null), saved(NEW, 2, 'held')], NEW, new Set([OLD]), [])).toEqual(base)
  })
})

describe('a form that was opened before the fork was known', () => {
  const first = saved(OTHER, 1, 'accepted')
  const standing = saved(OLD, 1, 'accepted', 2) // the other phone's save under this phone's number
  const base = { vector: { [OLD]: 1, [OTHER]: 1 }, except: [] }

  test('did not show the save of the other phone under the same number', () => {
    const found = soundBase({ file: FILE, base, seen: digest([first]) }, RULES, [first, standing], OLD, new Set(), [[OLD, 1]])
    expect(found).toEqual({ vector: { [OTHER]: 1 }, except: [] })
  })

  test('opened afterwards it did, and may replace it', () => {
    expect(soundBase({ file: FILE, base, seen: digest([first, standing]) }, RULES, [first, standing], OLD, new Set(), [[OLD, 1]])).toEqual(base)
  })

  test('opened afterwards with a save that was still undecided it did too; opened before, a later save tells nothing', () => {
    const later = saved(OLD, 2, 'accepted', 3)
    const wider = { vector: { [OLD]: 2, [OTHER]: 1 }, except: [] }
    const from = (seen: string) => soundBase({ file: FILE, base: wider, seen }, RULES, [first, standing, later], OLD, new Set(), [[OLD, 1]])
    expect(from(digest([first, standing]))).toEqual(wider)
    expect(from(digest([first]))).toEqual({ vector: { [OLD]: 2, [OTHER]: 1 }, except: [[OLD, 1]] })
  })
})
