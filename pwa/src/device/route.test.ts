import { describe, expect, test } from 'vitest'
import { Clock, enrolled, household, id, PASSWORD, PIN, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE } from './testing/server'
import { routeUntil } from './todays-route'

const HOUR_MS = 3_600_000

async function withTwo() {
  const server = await startServer()
  const clock = new Clock()
  const phone = await enrolled(server, clock)
  const one = (await phone.createFile('household', SCOPE, household('单桂英'))).fileId
  const two = (await phone.createFile('household', SCOPE, household('曾守田'))).fileId
  await phone.syncNow()
  await phone.setRoute([one])
  return { server, clock, phone, one, two }
}

describe('today’s route', () => {
  test('the PIN opens its households and no other', async () => {
    const { phone, one, two } = await withTwo()
    await phone.lock()
    expect(phone.households).toEqual([])
    await phone.unlockWithPin(PERSON, PIN)
    expect(phone.mode).toBe('route')
    expect(phone.households.map((household) => household.headName)).toEqual(['单桂英'])
    expect((await phone.openFile(one)).state.paths['phone']?.value).toBe('19900001111')
    await expect(phone.openFile(two)).rejects.toMatchObject({ code: 'locked' })
    await expect(phone.showFieldCode()).rejects.toMatchObject({ code: 'locked' })
    await expect(phone.setRoute([two])).rejects.toMatchObject({ code: 'locked' })
    await expect(phone.call('GET', '/people')).rejects.toMatchObject({ code: 'locked' })
  })

  test('a save on it goes up sealed with its certificate, and is accepted and shown at the desk', async () => {
    const { server, phone, one } = await withTwo()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    const before = server.calls.length
    await phone.save(await phone.openFile(one), [{ op: 'set', path: 'phone', value: '19900002222' }])
    expect(phone.sync.unsentCount).toBe(1)
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
    expect(server.calls.slice(before)).toEqual(['POST /sealed'])
    expect((await phone.openFile(one)).history[0]).toMatchObject({ fate: 'sent', own: true })
    expect(server.log[2]).toMatchObject({ verdict: { status: 'accepted' }, change: { file: one, seq: 1 } })
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.households.find((household) => household.fileId === one)?.phones).toEqual(['19900002222'])
    await phone.syncNow()
    expect((await phone.openFile(one)).history[0]).toMatchObject({ fate: 'accepted', own: true })
    expect((await phone.listOwnSaves()).map((save) => save.fate)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  test('prepared anew in another tab, is not broken by a save of the tab that has the old one', async () => {
    const { server, clock, phone, one, two } = await withTwo()
    const other = await restarted(server, clock)
    await other.unlockWithPin(PERSON, PIN)
    await phone.setRoute([one, two])
    await other.save(await other.openFile(one), [{ op: 'set', path: 'phone', value: '19900002222' }])
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    expect(phone.route.slice().sort()).toEqual([one, two].sort())
    expect((await phone.openFile(one)).state.paths['phone']?.value).toBe('19900002222')
  })

  test('does not call itself online because there was nothing to ask', async () => {
    const { server, phone } = await withTwo()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    server.mishaps.push('dead')
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ online: false, unsentCount: 0 })
    await phone.syncNow()
    expect(phone.sync.online).toBe(true)
  })

  test('with the upload session over, a save waits and says for what', async () => {
    const { server, phone, one } = await withTwo()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    await phone.save(await phone.openFile(one), [{ op: 'set', path: 'phone', value: '19900002222' }])
    server.mishaps.push('session_over')
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 1, problem: { code: 'upload_session' } })
  })

  test('a save that could not be sent from the route goes up at the next full sync, certificate first', async () => {
    const { server, phone, one } = await withTwo()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    await phone.save(await phone.openFile(one), [{ op: 'set', path: 'phone', value: '19900002222' }])
    await phone.unlockWithPassword(PERSON, PASSWORD)
    await phone.syncNow()
    expect(server.log[2]).toMatchObject({ verdict: { status: 'accepted' } })
    expect(phone.sync.unsentCount).toBe(0)
  })

  test('its key signs for no other household', async () => {
    const { server, phone, two } = await withTwo()
    const [route] = [...server.keys.values()].filter((author) => author.files)
    expect(route).toBeUndefined()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    await expect(phone.createFile('household', SCOPE, household('新户'))).rejects.toMatchObject({ code: 'locked' })
    await expect(phone.openFile(two)).rejects.toMatchObject({ code: 'locked' })
  })

  test('is over at the end of its day, and the next full unlock takes it away', async () => {
    const { server, clock, phone } = await withTwo()
    await phone.lock()
    clock.pass(25 * HOUR_MS)
    await expect(phone.unlockWithPin(PERSON, PIN)).rejects.toMatchObject({ code: 'route_over' })
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.route).toEqual([])
    expect((await (await restarted(server, clock)).listHolders())[0]?.routeUntil).toBeNull()
  })

  test('holds twelve households at most', async () => {
    const { phone } = await withTwo()
    await expect(phone.setRoute(Array.from({ length: 13 }, (_, number) => id(number)))).rejects.toMatchObject({ code: 'invalid' })
  })

  test('a new PIN opens it and the old one does not', async () => {
    const { phone, one } = await withTwo()
    await phone.changePin('314159')
    await phone.lock()
    await expect(phone.unlockWithPin(PERSON, PIN)).rejects.toMatchObject({ code: 'wrong_secret', facts: { remaining: 9 } })
    await phone.unlockWithPin(PERSON, '314159')
    expect(phone.route).toEqual([one])
  })

  test('lasts to midnight; made in the evening it reaches into tomorrow, never beyond the station’s hours', () => {
    const morning = new Date(2026, 10, 22, 8).getTime()
    const evening = new Date(2026, 10, 22, 20).getTime()
    expect(routeUntil(morning, 24)).toBe(new Date(2026, 10, 23).getTime())
    expect(routeUntil(evening, 24)).toBe(evening + 24 * HOUR_MS - 10 * 60_000)
    expect(routeUntil(morning, 8)).toBe(morning + 8 * HOUR_MS - 10 * 60_000)
  })
})

describe('other ways in', () => {
  test('the field code opens everything with no network', async () => {
    const { server, phone } = await withTwo()
    await phone.lock()
    server.mishaps.push('dead', 'dead', 'dead')
    await phone.unlockWithFieldCode(PERSON, phone.fieldCode)
    expect(phone.households.length).toBe(2)
    expect(phone.mode).toBe('main')
  })

  test('the password needs the server, and says so', async () => {
    const { server, phone } = await withTwo()
    await phone.lock()
    server.mishaps.push('dead')
    await expect(phone.unlockWithPassword(PERSON, PASSWORD)).rejects.toMatchObject({ code: 'offline' })
    await expect(phone.unlockWithPassword(PERSON, '晚饭吃了两碗大米饭呀')).rejects.toMatchObject({ code: 'wrong_secret', facts: { remaining: 4 } })
    expect(phone.mode).toBe('locked')
  })
})

describe('recording with everything closed', () => {
  test('counts as not sent, survives a restart, and is signed and linked after the next full unlock', async () => {
    const { server, phone, one } = await withTwo()
    await phone.lock()
    await phone.recordUnlinked({ villageName: '柳湾村', personName: '甲某', note: '门锁着，邻居说住院了', values: { outcome: 'not_met' } })
    const again = await restarted(server)
    expect(again.sync.unsentCount).toBe(1)
    expect(again.villages.map((village) => village.name)).toEqual(['柳湾村'])
    await again.unlockWithPassword(PERSON, PASSWORD)
    const [record] = await again.listUnlinked()
    expect(record).toMatchObject({ personName: '甲某', note: '门锁着，邻居说住院了', values: { outcome: 'not_met' } })
    await again.linkUnlinked(record!.fileId, one)
    expect(await again.listUnlinked()).toEqual([])
    await again.syncNow()
    expect(again.sync.unsentCount).toBe(0)
    const visit = (await again.openFile(one)).state.elements[`visits/${record!.fileId}`]
    expect(visit).toMatchObject({ collection: 'visits', voided: false })
    expect(server.log.filter((logged) => logged.verdict.status === 'accepted').length).toBe(server.log.length)
  })

  test('with the route open it is signed by the day’s key and goes up at once', async () => {
    const { server, phone } = await withTwo()
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    await phone.recordUnlinked({ villageName: '柳湾村', personName: '乙某', note: '路上遇见', values: {} })
    await phone.syncNow()
    expect(server.log[2]).toMatchObject({ change: { kind: 'unlinked_record' }, verdict: { status: 'accepted' } })
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect((await phone.listUnlinked()).map((record) => record.personName)).toEqual(['乙某'])
  })
})
