import { expect, test } from 'vitest'
import { enrolled, household, PASSWORD, startServer } from './testing/phones'
import { PERSON, SCOPE } from './testing/server'

const NEXT = '山那边有一条清清的小河'

test('a password that is too old stops reading and not sending, until it is changed', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  expect(phone.sync.problem?.code === 'password_expired').toBe(false)
  server.passwordOld = true
  await phone.save(await phone.openFile(fileId), [{ op: 'set', path: 'phone', value: '19900002222' }])
  await phone.syncNow()
  expect(phone.sync.problem).toMatchObject({ code: 'password_expired' })
  expect(server.calls.filter((call) => call === 'POST /sealed')).toHaveLength(1)
  expect(phone.sync.problem?.code === 'password_expired').toBe(true)
  await phone.setPassword(NEXT)
  await phone.syncNow()
  expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
  expect(phone.sync.problem?.code === 'password_expired').toBe(false)
  await phone.lock()
  await expect(phone.unlockWithPassword(PERSON, PASSWORD)).rejects.toMatchObject({ code: 'wrong_secret' })
  await phone.unlockWithPassword(PERSON, NEXT)
})

test('without a network nobody is kept from the files by an old password', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  server.passwordOld = true
  await phone.syncNow()
  expect(phone.sync.problem?.code === 'password_expired').toBe(true)
  server.mishaps.push('dead', 'dead', 'dead', 'dead')
  await phone.syncNow()
  expect(phone.sync.problem?.code === 'password_expired').toBe(false)
})
