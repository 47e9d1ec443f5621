import { expect, test } from 'vitest'
import { drawerOf, RESTRICTED } from '../sync/drawers'
import type { Operation } from '../sync/change'
import { enrolled, household, PASSWORD, startServer } from './testing/phones'
import { PERSON, SCOPE } from './testing/server'

const DRAWER = drawerOf(SCOPE)
const about = (file: string): Operation[] => [{ op: 'set', path: 'household', value: file }, { op: 'set', path: 'note', value: '金丝雀限知' }]

async function written(reads: boolean) {
  const server = await startServer()
  server.drawers = [{ id: DRAWER, of: SCOPE, reads, readers: reads ? [PERSON] : [] }]
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  const record = await phone.createFile(RESTRICTED, DRAWER, about(fileId))
  return { server, phone, fileId, record }
}

test('what one does not read is shut from its first save, sent, and shown nowhere afterwards', async () => {
  const { server, phone, fileId, record } = await written(false)
  expect(await phone.access.restricted(fileId)).toEqual([])
  expect((await phone.openFile(record.fileId)).readonly).toBe(true)
  await expect(phone.save(await phone.openFile(record.fileId), about(fileId))).rejects.toMatchObject({ code: 'not_allowed' })
  expect((await phone.listOwnSaves()).map((one) => one.fileId)).toContain(record.fileId) // not sent yet: it is one's own
  await phone.syncNow()
  expect(server.latest(record.changeId)?.change.scope).toBe(DRAWER)
  expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
  expect(JSON.stringify(await phone.listOwnSaves())).not.toContain('金丝雀限知')
  expect(await phone.listLeaving()).toEqual([])
})

test('it goes from the phone once the server’s backup has it', async () => {
  const { server, phone, record } = await written(false)
  await phone.syncNow()
  server.backedUp = server.log.length
  await phone.syncNow()
  await phone.syncNow()
  await expect(phone.openFile(record.fileId)).rejects.toMatchObject({ code: 'not_found' })
})

test('who reads it finds it beside the household, and it goes along when that moves', async () => {
  const { server, phone, fileId, record } = await written(true)
  await phone.syncNow()
  expect(await phone.access.restricted(fileId)).toEqual([record.fileId])
  await phone.lock()
  await phone.unlockWithPassword(PERSON, PASSWORD)
  expect(await phone.access.restricted(fileId)).toEqual([record.fileId])
  expect((await phone.access.drawer(SCOPE))?.readers).toEqual([PERSON])
  await phone.transferFile(await phone.openFile(fileId), 'ab'.repeat(16))
  await phone.syncNow()
  const moved = server.log.filter((one) => one.change.act === 'transfer').map((one) => [one.change.kind, one.change.to])
  expect(moved).toHaveLength(2)
  expect(moved).toEqual(expect.arrayContaining([[RESTRICTED, drawerOf('ab'.repeat(16))], ['household', 'ab'.repeat(16)]]))
})
