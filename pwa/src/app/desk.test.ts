/** The deputy's desk over the real fold: what the conflict, review, history and inbox screens are told about a file. */
import { describe, expect, it } from 'vitest'
import type { Device, HouseholdSummary, Me } from '../device/contract'
import { decisionOps, mayDecide, readConflicts, sidesChanged, type OpenConflict } from '../features/conflicts/choices'
import { filterTellings, tellHistory } from '../features/history/story'
import { ageOf, collectInbox, countQueue } from '../features/inbox/collect'
import { changedRows, compareSection } from '../features/review/compare'
import { readPhotos, readTrends } from '../features/review/evidence'
import { aboutFor, firstWaiting, inForce, readStanding, restoreOps } from '../features/review/standing'
import { ANNA, DEPUTY, FILE, FIRST, makeDeskScene, NAMES, OTHER, RULES, SECOND, START, WORKER, type DeskScene } from './desk.scene'

const DISABILITY = `members/${ANNA}/disability`
const deputy: Me = { personId: DEPUTY, name: '何敏', duties: ['deputy'], stationId: 'a0'.repeat(16), stationName: '', scopes: [] }
const worker: Me = { ...deputy, personId: WORKER, duties: ['worker'] }
const open = (scene: DeskScene) => readConflicts(scene.view(), WORKER)[0] as OpenConflict

describe('conflicts', () => {
  it('shows each value with its author, time, device and remark, one\'s own marked', () => {
    const conflict = open(makeDeskScene())
    expect(conflict.path).toBe(DISABILITY)
    expect(conflict.stands).toEqual({ kind: '4', grade: '2' })
    expect(conflict.sides.map((side) => [side.value, side.mine])).toEqual([[{ kind: '4', grade: '2' }, true], [{ kind: '4', grade: '1' }, false]])
    const theirs = conflict.sides[1]?.writings[0]
    expect(theirs).toMatchObject({ personId: OTHER, replica: 'd2'.repeat(16), reason: '看了新证', fate: 'accepted' })
    expect(theirs?.receivedAt).toBeGreaterThan(theirs?.at ?? 0)
  })
  it('a decision settles the value everywhere and leaves the other in the history', () => {
    const scene = makeDeskScene()
    const id = scene.write(DEPUTY, decisionOps(open(scene), { kind: 'value', value: { kind: '4', grade: '1' } }), { act: 'resolve' })
    const view = scene.view()
    expect(view.state.conflicts).toEqual([])
    expect(view.state.paths[DISABILITY]).toMatchObject({ status: 'settled', value: { kind: '4', grade: '1' } })
    const telling = tellHistory(view).find(({ entry }) => entry.changeId === id)
    expect(telling?.lost.map((lost) => [lost.personId, lost.value])).toContainEqual([WORKER, { kind: '4', grade: '2' }])
  })
  it('a third value settles as well as either side', () => {
    const scene = makeDeskScene()
    scene.write(DEPUTY, decisionOps(open(scene), { kind: 'value', value: { kind: '3', grade: '4' } }), { act: 'resolve' })
    expect(scene.view().state.paths[DISABILITY]).toMatchObject({ status: 'settled', value: { kind: '3', grade: '4' } })
  })
  it('asks again when another value arrived after the form was opened', () => {
    const scene = makeDeskScene()
    const before = open(scene)
    expect(sidesChanged(before, open(scene))).toBe(false)
    scene.write(WORKER, [{ op: 'set', path: DISABILITY, value: { kind: '1', grade: '1' } }])
    expect(open(scene).sides).toHaveLength(3)
    expect(sidesChanged(before, open(scene))).toBe(true)
  })
  it('an element struck out while another edits it can be kept out or brought back', () => {
    for (const [kind, voided] of [['keep_struck_out', true], ['bring_back', false]] as const) {
      const scene = makeDeskScene()
      const before = scene.base()
      scene.write(WORKER, [{ op: 'void', path: `members/${ANNA}` }], { base: before })
      scene.write(OTHER, [{ op: 'set', path: `members/${ANNA}/name`, value: '单桂瑛' }], { base: before })
      const strike = readConflicts(scene.view(), WORKER).find((conflict) => conflict.rule === 'edit_of_voided') as OpenConflict
      scene.write(DEPUTY, decisionOps(strike, { kind }), { act: 'resolve' })
      const state = scene.view().state
      expect(state.conflicts.filter((conflict) => conflict.rule === 'edit_of_voided')).toEqual([])
      expect(state.elements[`members/${ANNA}`]?.voided).toBe(voided)
    }
  })
  it('is decided by deputy and head, never in a sealed file', () => {
    const view = makeDeskScene().view()
    expect(mayDecide(['worker'], view)).toBe(false)
    expect(mayDecide(['worker', 'deputy'], view)).toBe(true)
    expect(mayDecide(['head'], { ...view, readonly: true })).toBe(false)
  })
})

describe('review', () => {
  const section = `assessments/${SECOND}`

  it('compares a new assessment with the last approved one and shows what changed first', () => {
    const comparison = compareSection(RULES, makeDeskScene().view().state, section)
    expect(comparison.baseline?.section).toBe(`assessments/${FIRST}`)
    const rows = Object.fromEntries(comparison.rows.map((row) => [row.field, row]))
    expect(rows['housing_level']).toMatchObject({ old: 2, now: 3, state: 'changed' })
    expect(rows['income_level']).toMatchObject({ state: 'same' })
    expect(rows['mood_level']).toMatchObject({ old: undefined, now: 1, state: 'new' })
    expect(changedRows(comparison).map((row) => row.field)).not.toContain('income_level')
  })
  it('an assessment without a predecessor is all new', () => {
    const scene = makeDeskScene()
    scene.write(WORKER, [{ op: 'void', path: `assessments/${FIRST}` }])
    const comparison = compareSection(RULES, scene.view().state, section)
    expect(comparison.baseline).toBeNull()
    expect(comparison.rows.every((row) => row.state === 'new')).toBe(true)
  })
  it('is offered to a deputy and its approval takes effect', () => {
    const scene = makeDeskScene()
    const view = scene.view(DEPUTY)
    const standing = readStanding(RULES, view, section, deputy)
    expect(standing).toMatchObject({ obstacle: null, mayReturn: true, step: 1 })
    const about = aboutFor('approve', view.state.sections[section]!, section, RULES.version, standing.step)
    scene.write(DEPUTY, [], { act: 'approve', about: about! })
    expect(scene.view().state.sections[section]?.status).toBe('approved')
    expect(readStanding(RULES, scene.view(), section, deputy)).toMatchObject({ obstacle: 'decided', mayReopen: true, mayReturn: false })
  })
  it('explains own work, an open conflict, a changed content and a worker\'s glance', () => {
    const scene = makeDeskScene()
    expect(readStanding(RULES, scene.view(), section, worker).obstacle).toBe('not_reviewer')
    const both: Me = { ...deputy, personId: WORKER }
    expect(readStanding(RULES, scene.view(), section, both).obstacle).toBe('own_work')
    scene.write(DEPUTY, [{ op: 'set', path: `${section}/conclusion`, value: '改了一句' }])
    expect(readStanding(RULES, scene.view(), section, deputy).obstacle).toBe('changed_since')
    const before = scene.base()
    scene.write(WORKER, [{ op: 'set', path: `${section}/housing_level`, value: 1 }], { base: before })
    scene.write(OTHER, [{ op: 'set', path: `${section}/housing_level`, value: 2 }], { base: before })
    expect(readStanding(RULES, scene.view(), section, deputy)).toMatchObject({ obstacle: 'open_conflict', conflicts: 1 })
  })
  it('a return sends the submission back with remarks, and the worker may submit again', () => {
    const scene = makeDeskScene()
    const found = scene.view().state.sections[section]!
    const about = { ...aboutFor('return', found, section, RULES.version, 1)!, remarks: { [`${section}/housing_seen`]: '补一张照片' } }
    scene.write(DEPUTY, [], { act: 'return', about, reason: '缺照片' })
    const returned = scene.view().state.sections[section]!
    expect(returned.status).toBe('returned')
    expect(returned.returned).toMatchObject({ reason: '缺照片', remarks: { [`${section}/housing_seen`]: '补一张照片' } })
    expect(readStanding(RULES, scene.view(), section, deputy).obstacle).toBe('decided')
  })
  it('an edit after approval leaves it in force; the approved version can be put back or reopened', () => {
    const scene = makeDeskScene()
    scene.write(DEPUTY, [], { act: 'approve', about: scene.about(section, 1) })
    scene.write(WORKER, [{ op: 'set', path: `${section}/conclusion`, value: '又想了想' }, { op: 'add', path: `${section}/home_safety`, value: 'wiring' }])
    const view = scene.view()
    const found = view.state.sections[section]!
    expect(found.status).toBe('amendment_pending')
    expect(readStanding(RULES, view, section, deputy)).toMatchObject({ isAmendment: true, obstacle: 'not_submitted', mayReturn: false, mayReopen: true })
    expect(restoreOps(RULES, view.state, section, inForce(found)!)).toBeNull() // home_safety was never written before

    const reopened = makeDeskScene()
    reopened.write(DEPUTY, [], { act: 'approve', about: reopened.about(section, 1) })
    reopened.write(WORKER, [{ op: 'set', path: `${section}/conclusion`, value: '又想了想' }])
    const amended = reopened.view().state
    const ops = restoreOps(RULES, amended, section, inForce(amended.sections[section]!)!)
    expect(ops).toEqual([{ op: 'set', path: `${section}/conclusion`, value: '先搬出来，再修房' }])
    const base = reopened.base()
    reopened.write(DEPUTY, ops!)
    expect(reopened.view().state.sections[section]?.status).toBe('approved')
    reopened.write(DEPUTY, [], { act: 'return', about: aboutFor('reopen', amended.sections[section]!, section, RULES.version, 1)!, base })
    expect(inForce(reopened.view().state.sections[section]!)).toBeNull()
  })
  it('brings the scores of an instrument in order of days, and only photos that are not struck out', () => {
    const scene = makeDeskScene()
    scene.write(WORKER, [{ op: 'append', path: 'attachments', id: '31'.repeat(16), value: { sha256: 'ab'.repeat(32), media_type: 'image/jpeg' } }, { op: 'append', path: 'attachments', id: '32'.repeat(16), value: { sha256: 'cd'.repeat(32), media_type: 'image/jpeg' } }])
    scene.write(WORKER, [{ op: 'void', path: `attachments/${'32'.repeat(16)}` }])
    expect(readTrends(scene.view().state)).toEqual([{ instrument: 'self_care', member: `members/${ANNA}`, scores: [{ on: '2026-05-10', score: 6, band: null }, { on: '2026-11-20', score: 4, band: null }] }])
    expect(readPhotos(scene.view().state).map((photo) => photo.sha256)).toEqual(['ab'.repeat(32)])
  })
  it('opens the section that waits when only the household was named', () => {
    expect(firstWaiting(makeDeskScene().view().state)).toBe(section)
  })
})

describe('history', () => {
  it('tells of each value whether it still counts', () => {
    const scene = makeDeskScene()
    scene.write(WORKER, [{ op: 'set', path: 'household_size', value: 4 }])
    scene.write(WORKER, [{ op: 'set', path: 'household_size', value: 99 }], { status: 'returned' })
    const standings = tellHistory(scene.view()).flatMap(({ lines }) => lines).filter((line) => line.path === 'household_size')
    expect(standings.map((line) => [line.value, line.standing])).toEqual([[99, 'not_counted'], [4, 'shown'], [3, 'replaced']])
    const sides = tellHistory(scene.view()).flatMap(({ lines }) => lines).filter((line) => line.path === DISABILITY)
    expect(sides.map((line) => line.standing)).toEqual(['open', 'open', 'replaced'])
  })
  it('keeps every change, its verdict and the filter by person', () => {
    const tellings = tellHistory(makeDeskScene().view())
    expect(tellings).toHaveLength(7)
    expect(filterTellings(tellings, OTHER, null).map(({ entry }) => entry.personId)).toEqual([OTHER])
    expect(tellings.every(({ entry }) => entry.position !== null && entry.receivedAt !== null)).toBe(true)
  })
})

describe('inbox', () => {
  const summary = (scene: DeskScene): HouseholdSummary => ({
    fileId: FILE, headName: '单桂英', memberNames: [], phones: [], idTails: [], villageId: null, address: '', categories: [], riskLevel: null, lastVisitOn: null, nextVisitOn: null, unsent: 0,
    conflicts: scene.view().state.conflicts.length, returned: 0, toDecide: 0, sectionStates: Object.values(scene.view().state.sections).map((found) => found.status).filter((status) => status !== 'draft'), updatedAt: START, onRoute: false,
  }) // prettier-ignore
  const deviceOf = (scene: DeskScene, me: Me, mode: 'main' | 'route' = 'main') => ({
    me, mode, people: NAMES, households: [summary(scene)], listOwnSaves: async () => [], listUnlinked: async () => [],
    openFile: async () => { if (mode === 'route') throw new Error('locked'); return scene.view(me.personId) },
  }) as unknown as Device // prettier-ignore
  const now = START + 86_400_000

  it('gives a deputy the queue with counts by kind', async () => {
    const scene = makeDeskScene()
    expect(countQueue([summary(scene)])).toEqual({ review: 1, conflicts: 1, amendments: 0, returned: 0 })
    const inbox = await collectInbox(deviceOf(scene, deputy), now)
    expect(inbox.toReview.map((item) => [item.section, item.personId])).toEqual([[`assessments/${SECOND}`, WORKER]])
    expect(inbox.conflicts[0]?.conflicts[0]).toMatchObject({ path: DISABILITY, mine: false })
  })
  it('tells a worker of own conflicts with own value first, and of nobody else\'s', async () => {
    const scene = makeDeskScene()
    const mine = await collectInbox(deviceOf(scene, worker), now)
    expect(mine.conflicts[0]?.conflicts[0]?.sides.map((side) => side.mine)).toEqual([true, false])
    const uninvolved = await collectInbox(deviceOf(scene, { ...worker, personId: 'c9'.repeat(16) }), now)
    expect(uninvolved.conflicts).toEqual([])
    expect(uninvolved.approvedSections).toEqual([])
  })
  it('brings a return with its remarks to the worker, and the approval when it comes', async () => {
    const scene = makeDeskScene()
    const section = `assessments/${SECOND}`
    scene.write(DEPUTY, [], { act: 'return', reason: '缺照片', about: { ...scene.about(section), remarks: { [`${section}/housing_seen`]: '补一张照片' } } })
    const returned = await collectInbox(deviceOf(scene, worker), now)
    expect(returned.returnedSections[0]).toMatchObject({ reason: '缺照片', personId: DEPUTY, remarks: [{ path: `${section}/housing_seen`, text: '补一张照片' }] })
    scene.write(WORKER, [], { act: 'submit', about: scene.about(section) })
    scene.write(DEPUTY, [], { act: 'approve', about: scene.about(section, 1) })
    const approved = await collectInbox(deviceOf(scene, worker), now)
    expect(approved.returnedSections).toEqual([])
    expect(approved.approvedSections.map((item) => item.section)).toContain(section)
  })
  it('counts files that the open vault cannot read instead of hiding them', async () => {
    const inbox = await collectInbox(deviceOf(makeDeskScene(), worker, 'route'), now)
    expect(inbox.unreadable).toBe(1)
  })
  it('says ages in the unit that people use', () => {
    expect([ageOf(0, 59_000), ageOf(0, 3 * 3_600_000), ageOf(0, 49 * 3_600_000)]).toEqual([{ unit: 'minutes', count: 0 }, { unit: 'hours', count: 3 }, { unit: 'days', count: 2 }])
  })
})
