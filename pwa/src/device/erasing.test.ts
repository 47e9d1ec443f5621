import { expect, test } from 'vitest'
import { enrolled, household, PASSWORD, startServer } from './testing/phones'
import { COLLEAGUE, PERSON, SCOPE } from './testing/server'

const PHONE = { op: 'set' as const, path: 'phone', value: '19900002222' }

test('drops the file with everything that hangs on it', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  const kept = (await phone.createFile('household', SCOPE, household('陶小满'))).fileId
  await phone.syncNow()
  await phone.saveDraft(`edit:${fileId}:household_basics::phone`, { typed: { phone: '1' } })
  await phone.save(await phone.openFile(fileId), [PHONE])
  await server.erase(fileId)
  await phone.syncNow()
  expect(phone.households.map((one) => one.fileId)).toEqual([kept])
  await expect(phone.openFile(fileId)).rejects.toMatchObject({ code: 'not_found' })
  expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
  await phone.syncNow()
  expect(phone.households.map((one) => one.fileId)).toEqual([kept])
})

test('tells its person whose household went, when, by whom, and what of their own went unsent, until they put it away', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  await phone.save(await phone.openFile(fileId), [PHONE])
  server.mishaps.push('dead')
  await server.erase(fileId)
  await server.erase('0d'.repeat(16)) // never here: nothing to tell
  await phone.syncNow()
  await phone.syncNow()
  expect(phone.sync.erased).toBe(1)
  const [told] = await phone.access.erased()
  expect(told).toMatchObject({ file: fileId, name: '单桂英', at: server.now - 1, by: [COLLEAGUE, PERSON], saves: 1 })
  await phone.lock()
  await phone.unlockWithPassword(PERSON, PASSWORD)
  expect(await phone.access.erased()).toEqual([told])
  await phone.access.putErasedAway()
  expect(phone.sync.erased).toBe(0)
  expect(await phone.access.erased()).toEqual([])
})

test('obeys nobody but the station', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  server.forge = true
  await server.erase(fileId)
  server.forge = false
  await phone.syncNow()
  expect(phone.households.map((one) => one.fileId)).toEqual([fileId])
  expect(phone.sync.problem).toMatchObject({ code: 'bad_signature' })
})

test('goes along when the station’s keys change hands, and sends what it has to the new one', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  await server.changeKeys()
  await server.changeKeys()
  await phone.save(await phone.openFile(fileId), [PHONE])
  await phone.syncNow()
  expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
})

test('follows no stranger who says that the keys changed', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  await server.changeKeys(server.strangersKey)
  await phone.save(await phone.openFile(fileId), [PHONE])
  await phone.syncNow()
  expect(phone.sync.unsentCount).toBe(1)
  expect(phone.sync.problem).not.toBeNull()
})
