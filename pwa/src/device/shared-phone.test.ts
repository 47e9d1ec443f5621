import { beforeEach, describe, expect, test } from 'vitest'
import { listHolders, openVaultDatabase } from '../vault'
import type { Device } from './contract'
import { Clock, CODE_TYPED, enrolled, household, PASSWORD, PIN, restarted, startServer } from './testing/phones'
import { COLLEAGUE, PERSON, SCOPE, type TestServer } from './testing/server'

const OTHER_PASSWORD = '院子里有三棵枣树结果了'
const OTHER_PIN = '314159'
let server: TestServer
let clock: Clock

beforeEach(async () => {
  server = await startServer()
  clock = new Clock()
})

/** The first person works, then a colleague enrols on the same phone and has it open. */
async function shared(): Promise<{ phone: Device; fileId: string; firstCode: string }> {
  const phone = await enrolled(server, clock)
  const firstCode = phone.fieldCode
  const { fileId } = await phone.createFile('household', SCOPE, household('周桂兰'))
  await phone.syncNow()
  phone.saveDraft('visit:1', { observation: '她说的话' })
  await phone.lock()
  server.offered = COLLEAGUE
  clock.pass(1000)
  await phone.enrol(await phone.lookEnrolment(CODE_TYPED), { password: OTHER_PASSWORD, pin: OTHER_PIN }, () => undefined)
  return { phone, fileId, firstCode }
}

describe('several people on one phone', () => {
  test('each has an own vault: nothing of one is listed, opened or drafted under another', async () => {
    const { phone, fileId } = await shared()
    expect(phone.me?.name).toBe('周远')
    expect(phone.households).toEqual([])
    expect(phone.route).toEqual([])
    expect(await phone.listDrafts()).toEqual([])
    expect(await phone.loadDraft('visit:1')).toBeNull()
    expect(await phone.listOwnSaves()).toEqual([])
    await expect(phone.openFile(fileId)).rejects.toMatchObject({ code: 'not_found' })
    const names = (await listHolders()).map((holder) => holder.database)
    expect(new Set(names).size).toBe(2)
  })

  test('the secrets of one open nothing of the other', async () => {
    const { phone, firstCode } = await shared()
    await phone.lock()
    await expect(phone.unlockWithPassword(PERSON, OTHER_PASSWORD)).rejects.toMatchObject({ code: 'wrong_secret' })
    await expect(phone.unlockWithPassword(COLLEAGUE, PASSWORD)).rejects.toMatchObject({ code: 'wrong_secret' })
    await expect(phone.unlockWithFieldCode(COLLEAGUE, firstCode)).rejects.toMatchObject({ code: 'wrong_secret' })
    await expect(phone.unlockWithPin(COLLEAGUE, PIN)).rejects.toMatchObject({ code: 'wrong_secret' })
    await expect(phone.unlockWithPin(PERSON, OTHER_PIN)).rejects.toMatchObject({ code: 'wrong_secret' })
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.households.map((line) => line.headName)).toEqual(['周桂兰'])
    expect(await phone.loadDraft('visit:1')).toEqual({ observation: '她说的话' })
  })

  test('the list of who is here says how much of each is unsent, and no word of it', async () => {
    const { phone } = await shared()
    server.mishaps.push('dead', 'dead', 'dead')
    await phone.createFile('household', SCOPE, household('何翠莲'))
    await phone.lock()
    const holders = await phone.listHolders()
    expect(holders.map((holder) => [holder.displayName, holder.unsent])).toEqual([['周远', 1], ['林小禾', 0]]) // prettier-ignore
    expect(JSON.stringify(holders)).not.toContain('何翠莲')
  })

  test('whoever opens the app takes the sealed saves of the other along, without opening them', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.lock()
    server.offered = COLLEAGUE
    await phone.enrol(await phone.lookEnrolment(CODE_TYPED), { password: OTHER_PASSWORD, pin: OTHER_PIN }, () => undefined)
    expect((await phone.listHolders()).find((holder) => holder.personId === PERSON)?.unsent).toBe(1)
    await phone.syncNow()
    expect(server.log.length).toBe(1)
    expect((await phone.listHolders()).find((holder) => holder.personId === PERSON)?.unsent).toBe(0)
    expect(phone.households).toEqual([])
  })

  test('when another is chosen, what the first saw is gone from the screens', async () => {
    const { phone, firstCode } = await shared()
    await phone.syncNow()
    expect(phone.sync.lastCompleteAt).not.toBeNull()
    await expect(phone.unlockWithPin(PERSON, '999999')).rejects.toMatchObject({ code: 'wrong_secret' })
    expect(phone.mode).toBe('locked')
    expect([phone.me, phone.households, phone.people, phone.sync.lastCompleteAt]).toEqual([null, [], {}, null])
    await phone.unlockWithFieldCode(PERSON, firstCode)
    expect(phone.me?.name).toBe('林小禾')
  })

  test('one who leaves takes the own vault and no other', async () => {
    const { phone } = await shared()
    await phone.signOut(COLLEAGUE)
    expect((await phone.listHolders()).map((holder) => holder.personId)).toEqual([PERSON])
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.households.length).toBe(1)
  })
})

describe('the order to wipe', () => {
  async function revokedFirst(): Promise<{ phone: Device; replica: string; database: string }> {
    const { phone } = await shared()
    await phone.syncNow()
    await phone.lock()
    const holder = (await listHolders()).find((row) => row.person === PERSON)!
    const database = await openVaultDatabase(holder.database)
    const replica = (await database.get('clear', 'clear'))!.replica
    database.close()
    server.ordered.add(replica)
    return { phone, replica, database: holder.database }
  }
  const left = async (): Promise<string[]> => (await indexedDB.databases()).map((one) => one.name as string).filter((name) => name !== 'yihu')

  test('takes that vault alone: the other stays, opens, and its person never sees a word of the first', async () => {
    const { replica, database } = await revokedFirst()
    const phone = await restarted(server, clock)
    await phone.unlockWithPassword(COLLEAGUE, OTHER_PASSWORD)
    await phone.syncNow()
    expect(server.reported).toEqual([{ replica, last: false }])
    expect(await left()).not.toContain(database)
    expect((await phone.listHolders()).map((holder) => holder.personId)).toEqual([COLLEAGUE])
    expect(phone.mode).toBe('main')
    await phone.createFile('household', SCOPE, household('何翠莲'))
    expect(phone.households.map((line) => line.headName)).toContain('何翠莲')
  })

  test('hands over what was recorded with everything closed and never opened again, before it goes', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    await phone.lock()
    await phone.recordUnlinked({ villageName: '柳湾村', personName: '周桂兰', note: '院门锁着', values: {} })
    const [holder] = await listHolders()
    server.ordered.add(holder!.database.replace('yihu-', ''))
    server.mishaps.push('dead')
    const later = await restarted(server, clock)
    await later.syncNow()
    await later.syncNow()
    expect(server.left).toEqual([{ type: 'left', at: expect.any(Number) as number, record: { villageName: '柳湾村', personName: '周桂兰', note: '院门锁着', values: {} } }])
    expect(await left()).toEqual([])
    const order = server.calls.map((call) => call.split('?')[0]).filter((call) => /left-records|wipe-order\/done/.test(call!))
    expect(order).toEqual(['POST /left-records', 'POST /wipe-order/done'])
  })

  test('sends the sealed saves first; while one is not taken in, nothing goes', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.lock()
    const [holder] = await listHolders()
    server.ordered.add(holder!.database.replace('yihu-', ''))
    server.losesSealed = true
    const later = await restarted(server, clock)
    await later.syncNow()
    expect([server.reported, await left()]).toEqual([[], [holder!.database]])
    server.losesSealed = false
    clock.pass(11 * 60_000)
    await later.syncNow()
    expect(server.log.length).toBe(1)
    expect(server.reported).toEqual([{ replica: holder!.database.replace('yihu-', ''), last: true }])
    expect([await left(), await later.listHolders()]).toEqual([[], []])
  })

  test('that another key signed, or that names another phone or station, is nobody’s order', async () => {
    for (const altered of [{ replica: 'ff'.repeat(16) }, { station: 'ff'.repeat(16) }, { deployment: 'ff'.repeat(16) }, { type: 'policy' }]) {
      const { phone, database } = await revokedFirst()
      server.orderAltered = altered
      await phone.syncNow()
      expect(await left()).toContain(database)
      server = await startServer()
    }
    const { phone, database } = await revokedFirst()
    server.forge = true
    await phone.syncNow()
    expect(await left()).toContain(database)
    expect(server.reported).toEqual([])
  })

  test('a phone that hears of its revocation while it is open sends, goes, and says so last', async () => {
    const phone = await enrolled(server, clock)
    await phone.syncNow()
    await phone.createFile('household', SCOPE, household('周桂兰'))
    await phone.lock()
    const again = await restarted(server, clock)
    await again.unlockWithFieldCode(PERSON, phone.fieldCode)
    server.revoked = true
    const [holder] = await listHolders()
    server.ordered.add(holder!.database.replace('yihu-', ''))
    await again.syncNow()
    expect(again.mode).toBe('locked')
    expect(await left()).toEqual([])
    expect(server.log.length).toBe(1)
    expect(server.calls.filter((call) => /sealed|wipe/.test(call)).slice(-3).map((call) => call.split('?')[0])).toEqual(['POST /sealed', 'GET /wipe-order', 'POST /wipe-order/done'])
  })

  test('one that could not be told is told at the next contact, though nothing of the vault is left', async () => {
    const { phone, replica, database } = await revokedFirst()
    const before = server.fetch
    let cut = true
    const again = await restarted({ fetch: ((url: string, init: RequestInit) => { if (cut && url.endsWith('/wipe-order/done')) { cut = false; return Promise.reject(new TypeError('cut')) } return before(url, init) }) as unknown as typeof fetch } as unknown as TestServer, clock) // prettier-ignore
    await again.syncNow()
    expect([await left(), server.reported]).toEqual([[(await listHolders()).find((row) => row.person === COLLEAGUE)!.database], []])
    expect(await left()).not.toContain(database)
    expect((await phone.listHolders()).map((holder) => holder.personId)).toEqual([COLLEAGUE])
    clock.pass(11 * 60_000)
    await again.syncNow()
    expect(server.reported).toEqual([{ replica, last: false }])
  })
})

test('a forgotten password is replaced with everything open; the new one opens, the old one does not, and nothing is lost', async () => {
  const phone = await enrolled(server, clock)
  await phone.createFile('household', SCOPE, household('周桂兰'))
  phone.saveDraft('visit:1', { observation: '没写完' })
  await phone.lock()
  await phone.unlockWithFieldCode(PERSON, phone.fieldCode)
  await expect(phone.setPassword('短')).rejects.toMatchObject({ code: 'invalid' })
  await phone.setPassword('后山的竹子又长高了不少')
  await phone.lock()
  await expect(phone.unlockWithPassword(PERSON, PASSWORD)).rejects.toMatchObject({ code: 'wrong_secret' })
  await phone.unlockWithPassword(PERSON, '后山的竹子又长高了不少')
  expect(phone.households.length).toBe(1)
  expect(await phone.loadDraft('visit:1')).toEqual({ observation: '没写完' })
})
