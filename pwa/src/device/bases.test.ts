import { expect, test } from 'vitest'
import { asSeen, seenIn } from './bases'
import { Colleague, enrolled, household, startServer } from './testing/phones'
import { SCOPE } from './testing/server'

test('a draft taken up over a newer state is saved on what its author saw: the value that came meanwhile is not overwritten', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  await phone.syncNow()
  const first = await phone.openFile(fileId)
  const draft = JSON.parse(JSON.stringify({ typed: { household_size: 3 }, ...seenIn(first) })) as ReturnType<typeof seenIn>
  await (await Colleague.of(server)).save(fileId, [{ op: 'set', path: 'household_size', value: 5 }], { base: first.base })
  await phone.syncNow()
  const reopened = asSeen(await phone.openFile(fileId), draft)
  expect(reopened.state.paths['household_size']?.value).toBe(5)
  await phone.save(reopened, [{ op: 'set', path: 'household_size', value: 3 }])
  await phone.syncNow()
  expect((await phone.openFile(fileId)).state.paths['household_size']).toMatchObject({ status: 'conflict', stands: 5 })
})

test('a draft that knows no base is saved on that of the form now', async () => {
  const server = await startServer()
  const phone = await enrolled(server)
  const { fileId } = await phone.createFile('household', SCOPE, household('单桂英'))
  const view = await phone.openFile(fileId)
  expect(asSeen(view, null)).toBe(view)
  expect(asSeen(view, {})).toBe(view)
})
