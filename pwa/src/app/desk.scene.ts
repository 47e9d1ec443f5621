/**
 * An invented file for tests of the deputy's screens: several people write, some without seeing each other, and the real
 * fold and the real view of the phone show the outcome. Only tests import this.
 */
import type { FileView } from '../device/contract'
import { viewOf } from '../device/file-state'
import { getRules } from '../records'
import { bodyText, changeId, makeChange, type About, type Act, type Operation } from '../sync/change'
import type { Rules } from '../sync/fold'
import type { Base } from '../sync/versions'

export const RULES = getRules('household') as unknown as Rules
export const FILE = 'f1'.repeat(16)
export const NAMES: Record<string, string> = { ['c1'.repeat(16)]: '林小禾', ['c2'.repeat(16)]: '周远', ['c3'.repeat(16)]: '何敏' }
export const [WORKER, OTHER, DEPUTY] = Object.keys(NAMES) as [string, string, string]
const REPLICAS: Record<string, string> = { [WORKER]: 'd1'.repeat(16), [OTHER]: 'd2'.repeat(16), [DEPUTY]: 'd3'.repeat(16) }
export const START = Date.parse('2026-11-20T09:00:00+08:00')
const HOUR_MS = 3_600_000

export interface Extra {
  act?: Act
  about?: About
  reason?: string
  /** What the author's form showed; everything so far when absent. */
  base?: Base
  status?: 'accepted' | 'returned' | 'quarantined' | 'unsent'
}

export class DeskScene {
  private readonly changes: { envelope: { body: string; sig: string }; verdict: { body: string; sig: string } | null }[] = []
  private readonly heads: Record<string, { seq: number; id: string }> = {}
  private clock = START

  /** One save, an hour after the one before; returns its change id. */
  write(person: string, ops: Operation[], extra: Extra = {}): string {
    this.clock += HOUR_MS
    const replica = REPLICAS[person] as string
    const head = this.heads[replica]
    const body = bodyText(makeChange({
      deployment: 'e0'.repeat(16), station: 'a0'.repeat(16), scope: 'b1'.repeat(16), file: FILE, kind: 'household',
      replica, seq: (head?.seq ?? 0) + 1, prev: head?.id ?? null, base: extra.base ?? this.base(), seen: null, schema: RULES.version,
      at: this.clock, server_at: 0, person, epoch: 1, act: extra.act ?? 'save', ops, salt: '00'.repeat(16),
      ...(extra.about ? { about: extra.about } : {}), ...(extra.reason ? { reason: extra.reason } : {}),
    }))
    const id = changeId(body)
    this.heads[replica] = { seq: (head?.seq ?? 0) + 1, id }
    const verdict = extra.status === 'unsent' ? null : { body: JSON.stringify(this.verdict(id, replica, extra.status ?? 'accepted')), sig: '' }
    this.changes.push({ envelope: { body, sig: '' }, verdict })
    return id
  }

  /** The file as `person`'s phone shows it now. */
  view(person = WORKER): FileView {
    const body = { file: FILE, kind: 'household', scope: 'b1'.repeat(16), changes: this.changes, left: false }
    return viewOf(RULES, body as unknown as Parameters<typeof viewOf>[1], { people: NAMES, replicas: new Set([REPLICAS[person] as string]), received: new Set() })
  }

  base(): Base {
    return this.changes.length ? this.view().base : { vector: {}, except: [] }
  }

  about(section: string, step?: number): About {
    const content = this.view().state.sections[section]?.content as string
    return step ? { section, content, schema: RULES.version, step } : { section, content, schema: RULES.version }
  }

  private verdict(change: string, replica: string, status: string): object {
    return {
      type: 'verdict', v: 1, suite: 1, deployment: 'e0'.repeat(16), station: 'a0'.repeat(16), change, file: FILE, dot: [replica, (this.heads[replica]?.seq ?? 1)],
      status, position: this.changes.length + 1, received_at: this.clock + 60_000, duty: 'worker', reasons: status === 'returned' ? [{ code: 'out_of_range', say: '家庭人口不能是 99' }] : [], by: null, decided_at: null,
    }
  }
}

export const ANNA = 'a1'.repeat(16)
export const FIRST = '01'.repeat(16)
export const SECOND = '02'.repeat(16)

/** A household with one approved assessment, a submitted second one, two instrument results and a conflict over a disability. */
export function makeDeskScene(): DeskScene {
  const scene = new DeskScene()
  scene.write(WORKER, [
    { op: 'set', path: 'address', value: { village_id: '9'.repeat(32), village_name: '柳湾村', group_no: '3', door: '12 号' } },
    { op: 'set', path: 'phone', value: '19900001234' },
    { op: 'set', path: 'household_size', value: 3 },
    { op: 'append', path: 'members', id: ANNA, value: { name: '单桂英', relation: '02', gender: '2', born_on: '1951-03-04', disability: { kind: '4', grade: '3' } } },
    { op: 'append', path: 'instrument_results', id: '11'.repeat(16), value: { instrument: 'self_care', member: ANNA, done_on: '2026-05-10', score: 6 } },
    { op: 'append', path: 'assessments', id: FIRST, value: { assessed_on: '2026-05-10', income_level: 1, housing_level: 2, housing_seen: '西屋漏雨', conclusion: '先修房' } },
  ])
  scene.write(WORKER, [], { act: 'submit', about: scene.about(`assessments/${FIRST}`) })
  scene.write(DEPUTY, [], { act: 'approve', about: scene.about(`assessments/${FIRST}`, 1) })
  scene.write(WORKER, [
    { op: 'append', path: 'instrument_results', id: '12'.repeat(16), value: { instrument: 'self_care', member: ANNA, done_on: '2026-11-20', score: 4 } },
    { op: 'append', path: 'assessments', id: SECOND, value: { assessed_on: '2026-11-20', income_level: 1, housing_level: 3, housing_seen: '西屋塌了一角', mood_level: 1, conclusion: '先搬出来，再修房' } },
  ])
  scene.write(WORKER, [], { act: 'submit', about: scene.about(`assessments/${SECOND}`) })
  const before = scene.base()
  scene.write(WORKER, [{ op: 'set', path: `members/${ANNA}/disability`, value: { kind: '4', grade: '2' } }], { base: before })
  scene.write(OTHER, [{ op: 'set', path: `members/${ANNA}/disability`, value: { kind: '4', grade: '1' } }, { op: 'set', path: 'phone', value: '19900005678' }], { base: before, reason: '看了新证' })
  return scene
}
