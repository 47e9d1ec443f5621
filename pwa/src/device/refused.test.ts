import { describe, expect, test } from 'vitest'
import { PERSON, SCOPE, type TestServer } from './testing/server'
import { Colleague, enrolled, household, PASSWORD, restarted, startServer } from './testing/phones'
import { copyStorage, useStorage } from '../vault/testing/vaults'
import type { Device } from './contract'

const PHONE = { op: 'set' as const, path: 'phone', value: '19900002222' }

async function withRefused(): Promise<{ server: TestServer; phone: Device; fileId: string; changeId: string }> {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  server.judge = (change) => (change.ops.some((op) => op.op === 'set' && op.path === 'phone') ? 'returned' : 'accepted')
  const changeId = await phone.save(await phone.openFile(fileId), [PHONE])
  await phone.syncNow()
  return { server, phone, fileId, changeId }
}

describe('a returned save', () => {
  test('counts until it is put away, and only the server’s signed answer puts it away', async () => {
    const { server, phone, changeId } = await withRefused()
    expect(phone.sync.returnedCount).toBe(1)
    server.mishaps.push('dead')
    await expect(phone.dismissReturned(changeId)).rejects.toMatchObject({ code: 'offline' })
    server.forge = true
    await expect(phone.dismissReturned(changeId)).rejects.toMatchObject({ code: 'bad_signature' })
    expect(phone.sync.returnedCount).toBe(1)
    server.forge = false
    server.log.pop()
    await phone.dismissReturned(changeId)
    expect(phone.sync.returnedCount).toBe(0)
    expect(server.latest(changeId)?.verdict).toMatchObject({ status: 'declined', reasons: [{ code: 'dismissed' }] })
  })

  test('that the server has lost goes up once more before anything is put away', async () => {
    const { server, phone, changeId } = await withRefused()
    server.log.splice(server.log.findIndex((one) => one.verdict.change === changeId), 1)
    await expect(phone.dismissReturned(changeId)).rejects.toMatchObject({ code: 'not_found' })
    expect(phone.sync.unsentCount).toBe(1)
    await phone.syncNow()
    expect(server.latest(changeId)?.verdict.status).toBe('returned')
    expect(phone.sync.returnedCount).toBe(1)
  })

  test('is amended in the form it came from: put away with the save that replaces it, and not before', async () => {
    const { server, phone, fileId, changeId } = await withRefused()
    const draftKey = `edit:${fileId}:household_basics::phone`
    await phone.beginAmendment(changeId, draftKey, { typed: { phone: '19900002222' } })
    expect((await phone.listDrafts()).map((draft) => draft.key)).toEqual([draftKey])
    expect(phone.sync.returnedCount).toBe(1)
    server.judge = () => 'accepted'
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.save(await again.openFile(fileId), [{ ...PHONE, value: '19900003333' }], { draftKey })
    expect(again.sync.returnedCount).toBe(0)
    expect(server.latest(changeId)?.verdict.status).toBe('returned')
    await again.syncNow()
    expect(server.latest(changeId)?.verdict).toMatchObject({ status: 'declined', reasons: [{ code: 'dismissed' }] })
    expect(await again.listDrafts()).toEqual([])
  })

  test('stays when the form that amends it is thrown away', async () => {
    const { phone, fileId, changeId } = await withRefused()
    const draftKey = `edit:${fileId}:household_basics::phone`
    await phone.beginAmendment(changeId, draftKey, { typed: {} })
    await phone.deleteDraft(draftKey)
    await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'directions', value: '桥头' }], { draftKey })
    expect(phone.sync.returnedCount).toBe(1)
  })

  test('says when the deputy was asked to look', async () => {
    const { server, phone, changeId } = await withRefused()
    await phone.askDeputy(changeId, '请看一眼')
    expect((await phone.listOwnSaves()).find((save) => save.changeId === changeId)?.askedAt).toBe(server.now)
  })
})

test('a held save says whose it waits for', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  server.judge = () => 'held'
  await phone.save(await phone.openFile(fileId), [PHONE])
  await phone.save(await phone.openFile(fileId), [{ ...PHONE, value: '19900004444' }])
  await phone.syncNow()
  const waits = (await phone.listOwnSaves()).map((save) => save.waitsFor.map((one) => [one.own, one.seq]))
  expect(waits[0]).toEqual([[true, 2]])
})

describe('a household that went to another patch', () => {
  test('is told as leaving, takes what was begun, and goes when everything of one’s own has its last word', async () => {
    const { server, phone, fileId, changeId } = await withRefused()
    phone.saveDraft(`visit:${fileId}`, { note: '写到一半' })
    await phone.listDrafts()
    const view = await phone.openFile(fileId)
    server.leave(fileId)
    await phone.syncNow()
    expect(phone.households).toEqual([])
    const [leaving] = await phone.listLeaving()
    expect(leaving).toMatchObject({ fileId, headName: '单桂英', returned: 1, drafts: [`visit:${fileId}`] })
    await expect(phone.save(await phone.openFile(fileId), [PHONE])).rejects.toMatchObject({ code: 'not_allowed' })
    expect((await phone.openFile(fileId)).readonly).toBe(true)
    server.judge = () => 'quarantined'
    await phone.save(view, [{ op: 'set', path: 'directions', value: '桥头' }], { draftKey: `visit:${fileId}` })
    await phone.syncNow()
    expect((await phone.listLeaving())[0]).toMatchObject({ undecided: 1, returned: 1, drafts: [] })
    await phone.dismissReturned(changeId)
    const late = server.log.find((one) => one.verdict.status === 'quarantined')!
    await server.decide(late.envelope, late.change, 'accepted')
    await phone.syncNow()
    expect(await phone.listLeaving()).toEqual([])
    await expect(phone.openFile(fileId)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('stays while a declined save was not read', async () => {
    const { server, phone, fileId, changeId } = await withRefused()
    const refused = server.latest(changeId)!
    await server.decide(refused.envelope, refused.change, 'declined', [{ code: 'declined' }])
    server.leave(fileId)
    await phone.syncNow()
    const [save] = (await phone.listOwnSaves()).filter((one) => one.fate === 'declined')
    expect(save).toMatchObject({ headName: '单桂英', left: true, ops: [PHONE] })
    await phone.dismissReturned(changeId)
    await phone.syncNow()
    expect(await phone.listLeaving()).toEqual([])
  })
})

describe('a copied store', () => {
  async function twins() {
    const server = await startServer()
    const phone = await enrolled(server)
    const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
    await phone.syncNow()
    const [own, other] = [indexedDB, await copyStorage()]
    const onTwin = async <T>(work: (twin: Device) => Promise<T>): Promise<T> => {
      useStorage(other)
      try {
        const twin = await restarted(server)
        await twin.unlockWithPassword(PERSON, PASSWORD)
        return await work(twin)
      } finally {
        useStorage(own)
      }
    }
    return { server, phone, fileId, onTwin }
  }

  test('is noticed on both phones, and nothing is lost', async () => {
    const { server, phone, fileId, onTwin } = await twins()
    await phone.save(await phone.openFile(fileId), [PHONE])
    await phone.syncNow()
    expect(phone.sync.renewal).toBeNull()
    await onTwin(async (twin) => {
      await twin.save(await twin.openFile(fileId), [{ op: 'set', path: 'directions', value: '桥头' }])
      await twin.syncNow()
      expect(twin.sync.renewal).toBe('fork')
      expect((await twin.listOwnSaves())[0]).toMatchObject({ fate: 'quarantined', reasons: [{ code: 'fork' }], ops: [{ path: 'directions' }] })
    })
    await phone.syncNow()
    expect(phone.sync.renewal).toBe('fork')
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    expect(again.sync.renewal).toBe('fork')
  })

  test('gets a key of its own under the same vault, with its drafts and its unsent saves', async () => {
    const { server, phone, fileId, onTwin } = await twins()
    await phone.save(await phone.openFile(fileId), [PHONE])
    await phone.syncNow()
    await onTwin(async (twin) => {
      await twin.save(await twin.openFile(fileId), [{ op: 'set', path: 'directions', value: '桥头' }])
      twin.saveDraft(`visit:${fileId}`, { note: '写到一半' })
      await twin.syncNow()
      const unsent = await twin.save(await twin.openFile(fileId), [{ op: 'set', path: 'notes', value: '还没上传' }])
      const field = await twin.showFieldCode()
      await twin.renew('7K3M-Q9TX-2B4D-W8RC', '新的一句打开密码好记呀', () => undefined)
      expect(twin.sync).toMatchObject({ renewal: null, unsentCount: 1 })
      expect(await twin.loadDraft(`visit:${fileId}`)).toEqual({ note: '写到一半' })
      await twin.syncNow()
      expect(server.latest(unsent)?.change.seq).toBe(3)
      expect(twin.sync.renewal).toBeNull()
      const fresh = await twin.save(await twin.openFile(fileId), [{ op: 'set', path: 'household_size', value: 4 }])
      await twin.syncNow()
      const taken = server.latest(fresh)!
      expect(taken.verdict.status).toBe('accepted')
      expect(taken.change.seq).toBe(1)
      expect(await twin.showFieldCode()).toBe(field)
      const later = await restarted(server)
      await later.unlockWithPassword(PERSON, '新的一句打开密码好记呀')
      expect(await later.loadDraft(`visit:${fileId}`)).toEqual({ note: '写到一半' })
      const offline = await restarted(server)
      await offline.unlockWithFieldCode(PERSON, field)
      expect(offline.mode).toBe('main')
    })
  })

  test('put back to an earlier day fetches again what it had sent', async () => {
    const { server, phone, fileId, onTwin } = await twins()
    await phone.save(await phone.openFile(fileId), [PHONE])
    const { fileId: second } = await phone.createFile('household', SCOPE, household('钱大桥', 'd'.repeat(32)))
    await phone.syncNow()
    await onTwin(async (twin) => {
      await twin.syncNow()
      expect(twin.sync.renewal).toBe('older')
      await twin.syncNow()
      expect((await twin.openFile(fileId)).state.paths['phone']?.value).toBe('19900002222')
      expect(twin.households.map((one) => one.fileId).sort()).toEqual([fileId, second].sort())
    })
    expect(server.log.length).toBe(3)
  })

  test('is renewed only by a code of the same person', async () => {
    const { phone, server } = await twins()
    server.offered = '0e'.repeat(16)
    await expect(phone.renew('7K3M-Q9TX-2B4D-W8RC', '新的一句打开密码好记呀', () => undefined)).rejects.toMatchObject({ code: 'code_of_another' })
  })
})

test('an earlier vault that still holds a draft is listed, opens with its own password, and leaves when it is put away', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  const [password, share] = [server.password, server.share]
  phone.saveDraft(`visit:${fileId}`, { note: '写到一半' })
  await phone.lock()
  const next = await enrolled(server)
  const listed = await next.listHolders()
  expect(listed.map((holder) => [holder.displayName, holder.isEarlier])).toEqual([['林小禾', false], ['林小禾', true]])
  await next.lock()
  server.password = password
  server.share = share
  const earlier = listed.find((holder) => holder.isEarlier)!.personId
  await next.unlockWithPassword(earlier, PASSWORD)
  expect(await next.loadDraft(`visit:${fileId}`)).toEqual({ note: '写到一半' })
  await next.deleteDraft(`visit:${fileId}`)
  await next.syncNow()
  await next.signOut(PERSON)
  expect((await next.listHolders()).map((holder) => holder.isEarlier)).toEqual([false])
})

test('what someone typed and could not be stored waits for them, and is never put into another person’s vault', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  await phone.lock()
  phone.saveDraft('record:1', { note: '甲的话' })
  server.offered = '0f'.repeat(16)
  const internals = phone as unknown as { phone: { person: string | null } }
  const person = internals.phone.person
  internals.phone.person = '0f'.repeat(16)
  expect(await phone.listDrafts()).toEqual([])
  expect(await phone.loadDraft('record:1')).toBeNull()
  internals.phone.person = person
  await phone.unlockWithPassword(PERSON, PASSWORD)
  expect(await phone.loadDraft('record:1')).toEqual({ note: '甲的话' })
})

test('one upload session serves many page loads until half its life', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  expect(fileId).toHaveLength(32)
  const opened = () => server.calls.filter((call) => call === 'POST /sessions').length
  const counts: number[] = []
  for (let load = 0; load < 3; load++) {
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.syncNow()
    counts.push(opened())
  }
  // The first load opens reading and uploading, the later ones reading alone.
  expect(counts).toEqual([2, 3, 4])
})

test('a colleague’s save that waits is counted for whoever decides', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  await (await Colleague.of(server)).save(fileId, [PHONE], {}, 'held')
  await phone.syncNow()
  expect(phone.households[0]?.toDecide).toBe(1)
})
