import { describe, expect, test } from 'vitest'
import { Clock, Colleague, enrolled, household, PASSWORD, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE } from './testing/server'

async function withHousehold() {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  return { server, phone, fileId }
}

describe('a save', () => {
  test('is on the phone before anything is sent, and accepted after a sync', async () => {
    const { server, phone, fileId } = await withHousehold()
    expect(phone.sync).toMatchObject({ unsentCount: 1, unsentSince: server.now })
    expect((await phone.openFile(fileId)).history.map((entry) => entry.fate)).toEqual(['unsent'])
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 0, unsentSince: null, problem: null, lastCompleteAt: server.now })
    expect((await phone.openFile(fileId)).history.map((entry) => [entry.fate, entry.position])).toEqual([['accepted', 1]])
    expect(phone.households[0]).toMatchObject({ headName: '单桂英', phones: ['19900001111'], unsent: 0, address: expect.stringContaining('柳湾村') })
  })

  test('whose reply was lost is sent again and counted once', async () => {
    const { server, phone } = await withHousehold()
    server.mishaps.push('lost_reply')
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 1, online: false })
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 0, online: true })
    expect(server.log.length).toBe(1)
  })

  test('stays when a portal answers 200 to everything', async () => {
    const { server, phone } = await withHousehold()
    server.mishaps.push('portal')
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 1, lastCompleteAt: null, problem: { code: 'portal' } })
    expect(server.log).toEqual([])
  })

  test('leaves the outbox only by a verdict that the server signed', async () => {
    const { server, phone } = await withHousehold()
    server.forge = true
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 1, problem: { code: 'bad_signature' } })
    expect((await phone.listOwnSaves()).map((save) => save.fate)).toEqual(['unsent'])
  })

  test('survives the app being killed right after it', async () => {
    const { server, fileId } = await withHousehold()
    const again = await restarted(server)
    expect(again.mode).toBe('locked')
    expect(again.sync.unsentCount).toBe(1)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.syncNow()
    expect((await again.openFile(fileId)).history[0]?.fate).toBe('accepted')
  })

  test('that was returned stays in the tray, with what it said, until its author puts it away', async () => {
    const { server, phone, fileId } = await withHousehold()
    await phone.syncNow()
    server.judge = () => 'returned'
    const changeId = await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'phone', value: '19900002222' }])
    await expect(phone.dismissReturned(changeId)).rejects.toMatchObject({ code: 'unsent' })
    await phone.syncNow()
    const [first] = await phone.listOwnSaves()
    expect(first).toMatchObject({ changeId, fate: 'returned', dismissed: false, ops: [{ op: 'set', path: 'phone', value: '19900002222' }] })
    expect(phone.households[0]).toMatchObject({ returned: 1, phones: ['19900001111'] })
    await phone.dismissReturned(changeId)
    expect(phone.households[0]?.returned).toBe(0)
    expect((await phone.listOwnSaves()).find((save) => save.changeId === changeId)?.dismissed).toBe(true)
  })

  test('after a returned one builds on the same chain and is accepted', async () => {
    const { server, phone, fileId } = await withHousehold()
    await phone.syncNow()
    server.judge = (change) => (change.seq === 2 ? 'returned' : 'accepted')
    for (const value of ['19900002222', '19900003333']) {
      await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'phone', value }])
      await phone.syncNow()
    }
    const last = server.log[2]!.change
    expect(last).toMatchObject({ seq: 3, prev: server.log[1]!.verdict.change })
    expect(last.base).toEqual({ vector: { [last.replica]: 1 }, except: [] })
    expect(phone.households[0]?.phones).toEqual(['19900003333'])
  })

  test('carries the base of its form as it was opened, so that what came meanwhile is not overwritten unseen', async () => {
    const { server, phone, fileId } = await withHousehold()
    await phone.syncNow()
    const form = await phone.openFile(fileId)
    const colleague = await Colleague.of(server)
    await colleague.save(fileId, [{ op: 'set', path: 'household_size', value: 5 }], { base: form.base })
    await phone.syncNow()
    await phone.save(form, [{ op: 'set', path: 'household_size', value: 3 }])
    await phone.syncNow()
    const after = await phone.openFile(fileId)
    expect(after.state.paths['household_size']).toMatchObject({ status: 'conflict', stands: 5 })
    expect(after.state.conflicts.map((conflict) => conflict.path)).toEqual(['household_size'])
    expect(phone.households[0]?.conflicts).toBe(1)
  })

  test('another held change of a colleague is not part of what a form shows', async () => {
    const { server, phone, fileId } = await withHousehold()
    await phone.syncNow()
    await (await Colleague.of(server)).save(fileId, [{ op: 'set', path: 'phone', value: '19900009999' }], {}, 'held')
    await phone.syncNow()
    const form = await phone.openFile(fileId)
    expect(form.state.paths['phone']?.value).toBe('19900001111')
    expect(Object.keys(form.base.vector)).not.toContain('77'.repeat(16))
    expect(form.history.map((entry) => entry.fate).sort()).toEqual(['accepted', 'held'])
  })

  test('text that is not NFC, and a value that is absent, are signed in the form the protocol has', async () => {
    const { server, phone, fileId } = await withHousehold()
    await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'directions', value: 'cafe\u0301' }])
    await phone.syncNow()
    expect(server.log[1]!.change.ops).toEqual([{ op: 'set', path: 'directions', value: 'café' }])
  })

  test('keeps its draft when it fails, and takes it along when it succeeds', async () => {
    const { phone, fileId } = await withHousehold()
    const draftKey = `visit:${fileId}`
    const form = await phone.openFile(fileId)
    phone.saveDraft(draftKey, { note: '打到一半' })
    await expect(phone.save(form, [{ op: 'set', path: 'phone', value: 1.5 }], { draftKey })).rejects.toMatchObject({ code: 'invalid' })
    expect(await phone.loadDraft(draftKey)).toEqual({ note: '打到一半' })
    await phone.save(form, [{ op: 'set', path: 'phone', value: '19900004444' }], { draftKey })
    expect(await phone.loadDraft(draftKey)).toBeNull()
    expect(await phone.listDrafts()).toEqual([])
  })
})

test('what is typed while a save is under way does not come back as a draft of what was saved', async () => {
  const { phone, fileId } = await withHousehold()
  const draftKey = `visit:${fileId}`
  const form = await phone.openFile(fileId)
  phone.saveDraft(draftKey, { note: '一' })
  let lateWrite: Promise<unknown> | null = null
  phone.onFileChanged(fileId, () => {
    phone.saveDraft(draftKey, { note: '一二' })
    lateWrite = phone.listDrafts()
  })
  await phone.save(form, [{ op: 'set', path: 'phone', value: '19900004444' }], { draftKey })
  expect(lateWrite).not.toBeNull()
  await lateWrite
  expect(await phone.loadDraft(draftKey)).toBeNull()
})

describe('a revoked phone', () => {
  test('reads no more, says so, and still brings home what it recorded', async () => {
    const { server, fileId } = await withHousehold()
    server.revoked = true
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.syncNow()
    expect(again.sync).toMatchObject({ unsentCount: 0, problem: { code: 'device_revoked' } })
    expect(server.log.map((logged) => logged.change.file)).toEqual([fileId])
    expect((await again.listOwnSaves())[0]?.fate).toBe('sent')
  })
})

describe('the lease', () => {
  test('a phone long out of contact records and sends but opens nothing, until it has been in contact', async () => {
    const server = await startServer()
    const clock = new Clock()
    const phone = await enrolled(server, clock)
    const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
    clock.pass(15 * 86_400_000)
    await expect(phone.openFile(fileId)).rejects.toMatchObject({ code: 'lease_over' })
    await phone.recordUnlinked({ villageName: '柳湾村', personName: '甲某', note: '还是记下了', values: {} })
    await phone.syncNow()
    expect((await phone.openFile(fileId)).history.length).toBe(1)
  })
})

describe('leaving the phone', () => {
  test('is refused while anything is unsent, and then leaves nothing', async () => {
    const { phone, server } = await withHousehold()
    await expect(phone.signOut(PERSON)).rejects.toMatchObject({ code: 'unsent' })
    await phone.syncNow()
    await phone.signOut(PERSON)
    expect(await (await restarted(server)).listHolders()).toEqual([])
    expect((await indexedDB.databases()).map((database) => database.name)).toEqual(['yihu'])
  })
})

test('an enrolment over a forgotten vault carries its sealed saves to the server', async () => {
  const { server, phone } = await withHousehold()
  await phone.lock()
  const next = await enrolled(server)
  expect(next.sync.unsentCount).toBe(1)
  await next.syncNow()
  expect(server.log.map((logged) => logged.verdict.status)).toEqual(['accepted'])
  expect(next.households.map((one) => one.headName)).toEqual(['单桂英'])
})


test('an enrolment over a vault with something unfinished in it leaves that vault where it is', async () => {
  const { server, phone, fileId } = await withHousehold()
  await phone.syncNow()
  phone.saveDraft(`visit:${fileId}`, { note: '写到一半' })
  await phone.lock()
  const before = (await indexedDB.databases()).map((database) => database.name)
  await enrolled(server)
  const after = (await indexedDB.databases()).map((database) => database.name)
  expect(before.every((name) => after.includes(name))).toBe(true)
  expect(after.length).toBe(before.length + 1)
})

test('asking for a sync while one runs waits for one that has seen the newest save', async () => {
  const { phone, fileId } = await withHousehold()
  const running = phone.syncNow()
  await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'phone', value: '19900004444' }])
  await phone.syncNow()
  await running
  expect(phone.sync.unsentCount).toBe(0)
})

test('a clock that jumps ten years back and forth refuses no save and loses none', async () => {
  const server = await startServer()
  const clock = new Clock()
  const phone = await enrolled(server, clock)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  const view = await phone.openFile(fileId)
  for (const years of [-10, 20, -10]) {
    clock.pass(years * 365 * 86_400_000)
    await phone.save(view, [{ op: 'set', path: 'directions', value: `钟差${years}` }])
  }
  await phone.syncNow()
  expect(server.log.map((logged) => logged.change.seq).sort()).toEqual([1, 2, 3, 4])
  expect(phone.sync.unsentCount).toBe(0)
})

test('what is typed with everything closed is sealed and can be read after the next full unlock only', async () => {
  const { server, phone } = await withHousehold()
  await phone.lock()
  phone.saveDraft('record:1', { note: '门口有积水' })
  await phone.listDrafts()
  const again = await restarted(server)
  expect(await again.loadDraft('record:1')).toBeNull()
  await again.unlockWithPassword(PERSON, PASSWORD)
  expect((await again.listDrafts()).map((draft) => draft.key)).toEqual(['record:1'])
  expect(await again.loadDraft('record:1')).toEqual({ note: '门口有积水' })
})
