/** What a station sets for itself reaches the phone in the signed policy, changes when households are due, and holds with no network. */
import { describe, expect, test } from 'vitest'
import { countyOn } from '../records/localOn'
import { findInstrument, listInstruments } from '../records/forms'
import { matchPolicies } from '../records/policies'
import { daysAllowed } from '../records/process'
import { VISIT_RULES } from '../records/due'
import { enrolled, household, PIN, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE } from './testing/server'
import { dayOf } from './summary'

const OPENED = '2026-01-01'
const OWN = {
  version: 1,
  county: { county: '桂溪县', basis: '示民发〔2026〕1号', valid_from: '2020-01-01', valid_to: '2099-12-31', amounts: { old_age_from: 70 }, offices: { old_age_allowance: '镇政务大厅3号窗' } },
  visits: { basis: '示民发〔2026〕3号', valid_from: '2020-01-01', step_days: { plan: 3 }, rules: { ...VISIT_RULES, rules: VISIT_RULES.rules.map((rule) => (rule.id === 'tekun_home' ? { ...rule, home_days: { ...rule.home_days, green: 5 } } : rule)) } },
  instruments: [{ id: 'own_sleep', version: 1, label: { 'zh-CN': '睡眠三问', en: 'Sleep' }, source: '本站', notice: { 'zh-CN': '只是了解', en: 'No diagnosis' }, question: { 'zh-CN': '最近一周', en: 'In the past week' }, options: [], items: [], score: { 'zh-CN': '合计', en: 'Total' }, bands: [] }],
}
const tekun = [{ op: 'set' as const, path: 'opened_on', value: OPENED }, { op: 'add' as const, path: 'categories', value: 'tekun_home' }]

async function withHousehold() {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, [...household('单桂英'), ...tekun])
  await phone.syncNow()
  return { server, phone, fileId, line: () => phone.households[0]! }
}

describe('what a station sets for itself', () => {
  test('changes when every household is due, as soon as the policy came, and stays after a restart with no network', async () => {
    const { server, phone, line } = await withHousehold()
    expect(line().nextVisitOn).toBe('2026-01-31') // the shipped thirty days
    Object.assign(server, { local: OWN, epoch: server.epoch + 1 })
    await phone.syncNow()
    expect(line().nextVisitOn).toBe('2026-01-06')
    const code = await phone.showFieldCode()
    server.mishaps.push(...Array<'dead'>(50).fill('dead'))
    const again = await restarted(server)
    await again.unlockWithFieldCode(PERSON, code)
    expect(again.households[0]!.nextVisitOn).toBe('2026-01-06')
    expect(daysAllowed('plan', dayOf(Date.now()))).toBe(3)
    expect(findInstrument('own_sleep')?.label['zh-CN']).toBe('睡眠三问')
  })

  test('is forgotten with the lock, and is the route’s as well', async () => {
    const { server, phone, fileId } = await withHousehold()
    Object.assign(server, { local: OWN, epoch: server.epoch + 1 })
    await phone.syncNow()
    await phone.setRoute([fileId])
    await phone.lock()
    expect(findInstrument('own_sleep')).toBe(null)
    await phone.unlockWithPin(PERSON, PIN)
    expect(listInstruments().map((one) => one.id)).toContain('own_sleep')
  })

  test('is withdrawn: the shipped rules hold again, a withdrawn instrument is read and never asked', async () => {
    const { server, phone, line } = await withHousehold()
    Object.assign(server, { local: OWN, epoch: server.epoch + 1 })
    await phone.syncNow()
    Object.assign(server, { local: { version: 4, instruments: [{ ...OWN.instruments[0], withdrawn: true }] }, epoch: server.epoch + 1 })
    await phone.syncNow()
    expect(line().nextVisitOn).toBe('2026-01-31')
    expect(listInstruments().map((one) => one.id)).not.toContain('own_sleep')
    expect(findInstrument('own_sleep')?.label.en).toBe('Sleep')
  })

  test('gives policy hints their amounts while it is valid, and none after', async () => {
    const { server, phone, fileId } = await withHousehold()
    Object.assign(server, { local: OWN, epoch: server.epoch + 1 })
    await phone.syncNow()
    const view = await phone.openFile(fileId)
    const born = { ...view.state, paths: { ...view.state.paths, [`members/${'e'.repeat(32)}/born_on`]: { ...view.state.paths['phone']!, value: '1950-01-01' }, registered_here: { ...view.state.paths['phone']!, value: true } } }
    const allowance = (today: string) => matchPolicies(born, today).find((one) => one.policy === 'old_age_allowance')
    expect(allowance('2026-11-22')).toMatchObject({ outcome: 'possibly_eligible' })
    expect(allowance('2100-11-22')!.missing).toContain('$old_age_from')
    expect([countyOn('2026-11-22')?.county, countyOn('2100-01-01')]).toEqual(['桂溪县', null])
  })
})

describe('a warning for whole villages', () => {
  const today = dayOf(1_795_000_000_000) // the phones' clock
  const flood = { id: 'f1'.repeat(16), kind: 'disaster_warning', on: today, until: today, villages: ['0e'.repeat(16)], note: '台风' }

  test('puts the household on the list as soon as the policy came, with no network after a restart and on the route too, until somebody was there', async () => {
    const { server, phone, fileId, line } = await withHousehold()
    const before = line().nextVisitOn
    Object.assign(server, { warnings: [flood], epoch: server.epoch + 1 })
    await phone.syncNow()
    await expect.poll(() => line().warned?.id).toBe(flood.id)
    expect(phone.warnings.map((one) => one.note)).toEqual(['台风'])
    await phone.setRoute([fileId])
    const code = await phone.showFieldCode()
    server.mishaps.push(...Array<'dead'>(50).fill('dead'))
    const again = await restarted(server)
    await again.unlockWithPin(PERSON, PIN)
    await expect.poll(() => again.households[0]!.warned?.id).toBe(flood.id)
    await again.lock()
    expect(again.warnings).toEqual([])
    await again.unlockWithFieldCode(PERSON, code)
    await expect.poll(() => again.households[0]!.warned?.id).toBe(flood.id)
    await again.save(await again.openFile(fileId), [{ op: 'append', path: 'visits', id: 'a1'.repeat(16), value: { visited_on: today, method: 'phone', outcome: 'met' } }])
    expect(again.households[0]!.warned?.id).toBe(flood.id) // a call is no visit
    await again.save(await again.openFile(fileId), [{ op: 'append', path: 'visits', id: 'a2'.repeat(16), value: { visited_on: today, method: 'home', outcome: 'met' } }])
    expect(again.households[0]!.warned).toBe(undefined)
    expect(before && again.households[0]!.nextVisitOn! > before).toBe(true)
  })

  test('is taken off the list when it is ended', async () => {
    const { server, phone, line } = await withHousehold()
    Object.assign(server, { warnings: [flood], epoch: server.epoch + 1 })
    await phone.syncNow()
    await expect.poll(() => line().warned?.id).toBe(flood.id)
    Object.assign(server, { warnings: [], epoch: server.epoch + 1 })
    await phone.syncNow()
    await expect.poll(() => [line().warned, line().nextVisitOn]).toEqual([undefined, '2026-01-31'])
  })
})

describe('a household’s number', () => {
  test('is the place of its first accepted save in the station’s log: none before, then never another, and no two alike', async () => {
    const server = await startServer()
    const phone = await enrolled(server)
    server.mishaps.push(...Array<'dead'>(20).fill('dead'))
    await phone.createFile('household', SCOPE, household('单桂英'))
    expect(phone.households[0]!.number).toBe(undefined)
    await phone.syncNow()
    expect(phone.households[0]!.number).toBe(undefined)
    server.mishaps.length = 0
    await phone.createFile('household', SCOPE, household('曾守田', 'f'.repeat(32)))
    await phone.syncNow()
    const numbers = () => phone.households.map((one) => one.number).sort()
    expect(numbers()).toEqual(['000001', '000002'])
    for (const { fileId } of phone.households) await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'phone', value: '13900000990' }])
    await phone.syncNow()
    expect(numbers()).toEqual(['000001', '000002'])
  })
})
