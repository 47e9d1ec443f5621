import { beforeEach, describe, expect, test } from 'vitest'
import { Clock, enrolled, household, PASSWORD, PIN, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE, type TestServer } from './testing/server'

const DAY_MS = 86_400_000
let server: TestServer
let clock: Clock

beforeEach(async () => {
  server = await startServer()
  clock = new Clock()
})

/** Two weeks and a bit without contact. */
async function longAway(): Promise<{ fieldCode: string; fileId: string }> {
  const phone = await enrolled(server, clock)
  const { fileId } = await phone.createFile('household', SCOPE, household('周桂兰'))
  await phone.syncNow()
  await phone.lock()
  clock.pass(14 * DAY_MS + 60_000)
  return { fieldCode: phone.fieldCode, fileId }
}

describe('the lease', () => {
  test('two days before its end it says so, and opens as ever', async () => {
    const phone = await enrolled(server, clock)
    await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.syncNow()
    const end = clock.at + 14 * DAY_MS
    await phone.lock()
    clock.pass(11 * DAY_MS)
    await phone.unlockWithFieldCode(PERSON, phone.fieldCode)
    expect(phone.lease).toEqual({ state: 'fine', until: end })
    await phone.lock()
    clock.pass(1.5 * DAY_MS)
    await phone.unlockWithFieldCode(PERSON, phone.fieldCode)
    expect(phone.lease).toEqual({ state: 'soon', until: end })
    expect(phone.households.length).toBe(1)
  })

  test('past it neither PIN nor field code opens anything without the server, and neither costs a try', async () => {
    const { fieldCode } = await longAway()
    const phone = await restarted(server, clock)
    server.mishaps.push('dead', 'dead', 'dead', 'dead')
    await expect(phone.unlockWithFieldCode(PERSON, fieldCode)).rejects.toMatchObject({ code: 'lease_over' })
    await expect(phone.unlockWithPin(PERSON, PIN)).rejects.toMatchObject({ code: 'lease_over' })
    expect(phone.mode).toBe('locked')
    expect(phone.households).toEqual([])
  })

  test('past it one still records, and what was recorded goes up', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    server.mishaps.push('dead', 'dead', 'dead', 'dead', 'dead')
    await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.lock()
    clock.pass(15 * DAY_MS)
    server.mishaps.length = 0
    const later = await restarted(server, clock)
    await later.recordUnlinked({ villageName: '柳湾村', personName: '何翠莲', note: '门口摔了一跤', values: {} })
    expect(later.sync.unsentCount).toBe(2)
    await later.syncNow()
    expect(server.log.map((logged) => logged.change.kind)).toEqual(['household'])
    expect(later.sync.unsentCount).toBe(1) // waits to be signed
    await later.unlockWithPassword(PERSON, PASSWORD)
    await later.syncNow()
    expect(server.log.map((logged) => logged.change.kind)).toEqual(['household', 'unlinked_record'])
  })

  test('the password opens: asking the server for its half is contact', async () => {
    await longAway()
    const phone = await restarted(server, clock)
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.lease).toEqual({ state: 'fine', until: clock.at + 14 * DAY_MS })
    expect(phone.households.length).toBe(1)
  })

  test('the field code opens where the server answers to the device key', async () => {
    const { fieldCode } = await longAway()
    const phone = await restarted(server, clock)
    await phone.unlockWithFieldCode(PERSON, fieldCode)
    expect(phone.lease.state).toBe('fine')
    expect(phone.mode).toBe('main')
  })

  test('a phone that was revoked meanwhile does not open by asking', async () => {
    const { fieldCode } = await longAway()
    const phone = await restarted(server, clock)
    server.revoked = true
    await expect(phone.unlockWithFieldCode(PERSON, fieldCode)).rejects.toMatchObject({ code: 'device_revoked' })
    expect(phone.mode).toBe('locked')
  })

  test('a clock set back extends nothing', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    await phone.lock()
    clock.pass(13 * DAY_MS)
    await phone.unlockWithFieldCode(PERSON, phone.fieldCode)
    await phone.lock()
    clock.pass(-12 * DAY_MS)
    server.mishaps.push(...Array(8).fill('dead'))
    const again = await restarted(server, clock)
    await again.unlockWithFieldCode(PERSON, phone.fieldCode)
    expect(again.lease).toEqual({ state: 'soon', until: clock.at + DAY_MS })
    await again.lock()
    clock.pass(0.5 * DAY_MS)
    await again.unlockWithFieldCode(PERSON, phone.fieldCode)
    await again.lock()
    clock.pass(-30 * DAY_MS)
    await again.unlockWithFieldCode(PERSON, phone.fieldCode)
    expect(again.lease).toEqual({ state: 'soon', until: clock.at + 0.5 * DAY_MS })
    await again.lock()
    clock.pass(0.6 * DAY_MS)
    await expect(again.unlockWithFieldCode(PERSON, phone.fieldCode)).rejects.toMatchObject({ code: 'lease_over' })
  })

  test('a wrong clock that comes right is healed by contact', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    clock.pass(400 * DAY_MS)
    await expect(phone.openFile('0'.repeat(32))).rejects.toMatchObject({ code: 'lease_over' })
    clock.pass(-400 * DAY_MS)
    await phone.syncNow()
    expect(phone.lease.state).toBe('fine')
  })
})
