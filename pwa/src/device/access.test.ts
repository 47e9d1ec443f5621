import { beforeEach, describe, expect, test } from 'vitest'
import { Clock, Colleague, enrolled, household, PIN, restarted, startServer } from './testing/phones'
import { COLLEAGUE, PERSON, SCOPE, type TestServer } from './testing/server'

const DAY_MS = 86_400_000
const CHILD = 'c'.repeat(32)
const WHY = '邻居说孩子两天没出门'
const withChild = () => [...household('周桂兰'), { op: 'append' as const, path: 'members', id: CHILD, value: { name: '周小燕', relation: '41', born_on: '2018-05-01' } }]
let server: TestServer
let clock: Clock

beforeEach(async () => {
  server = await startServer()
  clock = new Clock()
})

/** A child's file that somebody else wrote, on this phone after a sync. */
async function othersChild() {
  const phone = await enrolled(server, clock)
  const colleague = await Colleague.of(server)
  const file = 'f'.repeat(32)
  await colleague.save(file, withChild())
  await phone.syncNow()
  return { phone, file }
}
function grant(facts: Record<string, unknown>): Record<string, unknown> {
  return { grant_id: 'd'.repeat(32), person_id: PERSON, file: null, scope: null, reason: '接手', asked_at: clock.at, until_at: clock.at + DAY_MS, state: 'approved', decided_by: COLLEAGUE, decided_at: clock.at, ...facts }
}

describe('a minor’s file', () => {
  test('of somebody else wants a reason first, which goes up with the opening', async () => {
    const { phone, file } = await othersChild()
    expect(await phone.access.admit(file)).toBe(false)
    await phone.access.openAnyway(file, WHY)
    expect(await phone.access.admit(file)).toBe(true)
    await phone.syncNow()
    expect(server.readings).toMatchObject([{ file, reason: WHY, unmasked: false }])
  })

  test('opened with a reason is asked about again on the next day', async () => {
    const { phone, file } = await othersChild()
    await phone.access.openAnyway(file, WHY)
    clock.pass(DAY_MS)
    expect(await phone.access.admit(file)).toBe(false)
  })

  test('opens without a word under a grant for it, or for its patch, until that ends or is taken back', async () => {
    const { phone, file } = await othersChild()
    for (const facts of [{ file }, { scope: SCOPE }]) {
      server.grants.splice(0, 9, grant(facts))
      clock.pass(10 * 60_000)
      await phone.syncNow()
      expect(await phone.access.admit(file)).toBe(true)
    }
    server.grants.splice(0, 9, grant({ scope: SCOPE, state: 'ended' }))
    clock.pass(10 * 60_000)
    await phone.syncNow()
    expect(await phone.access.admit(file)).toBe(false)
    server.grants.splice(0, 9, grant({ scope: SCOPE, until_at: clock.at + DAY_MS }))
    clock.pass(10 * 60_000)
    await phone.syncNow()
    clock.pass(DAY_MS)
    expect(await phone.access.admit(file)).toBe(false)
  })

  test('of another patch or another file’s grant does not open it', async () => {
    const { phone, file } = await othersChild()
    server.grants.push(grant({ scope: '0f'.repeat(16) }), grant({ file: '1f'.repeat(16) }))
    clock.pass(10 * 60_000)
    await phone.syncNow()
    expect(await phone.access.admit(file)).toBe(false)
  })

  test('stays open to its finder until somebody decides about it', async () => {
    const phone = await enrolled(server, clock)
    const { fileId } = await phone.createFile('household', SCOPE, withChild())
    expect(await phone.access.admit(fileId)).toBe(true)
    await phone.syncNow()
    expect(await phone.access.admit(fileId)).toBe(true)
    server.grants.push(grant({ file: fileId, state: 'declined' }))
    clock.pass(10 * 60_000)
    await phone.syncNow()
    expect(await phone.access.admit(fileId)).toBe(false)
  })

  test('on today’s route is known to the PIN as well, without a network', async () => {
    const { phone, file } = await othersChild()
    server.grants.push(grant({ file }))
    clock.pass(10 * 60_000)
    await phone.syncNow()
    await phone.setRoute([file])
    await phone.lock()
    await phone.unlockWithPin(PERSON, PIN)
    expect(await phone.access.admit(file)).toBe(true)
  })
})

describe('openings', () => {
  test('are counted once in half an hour, unmasking once in a minute, and kept over a kill until they are sent', async () => {
    const phone = await enrolled(server, clock)
    const { fileId } = await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.syncNow()
    server.mishaps.push('dead', 'dead', 'dead', 'dead')
    for (let i = 0; i < 3; i += 1) {
      await phone.access.admit(fileId)
      phone.access.unmasked(fileId)
      clock.pass(5_000)
    }
    await phone.access.admit('9'.repeat(32)) // written after the others: all of them are on disk now
    expect(await phone.listDrafts()).toEqual([]) // they are no drafts of anybody
    const { fieldCode } = phone
    server.mishaps.length = 0
    const again = await restarted(server, clock)
    await again.unlockWithFieldCode(PERSON, fieldCode)
    await again.syncNow()
    expect(server.readings.map(({ file, unmasked }) => ({ file, unmasked }))).toEqual([{ file: fileId, unmasked: false }, { file: fileId, unmasked: true }])
    await again.syncNow()
    expect(server.readings).toHaveLength(2)
  })

  test('of a file whose first save is still on its way are told again later', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    const file = '9'.repeat(32)
    await phone.access.admit(file)
    await phone.syncNow()
    expect(server.readings).toEqual([])
    await (await Colleague.of(server)).save(file, household('周桂兰'))
    await phone.syncNow()
    expect(server.readings.map((one) => one.file)).toEqual([file])
  })
})
