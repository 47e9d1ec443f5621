/** One person in two files of a real phone, with no network; and nothing of the number, nor of what stands for it, on its disk. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { markOf } from '../records/semantic'
import type { Operation } from '../sync/change'
import type { Device } from './contract'
import { enrolled, household, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE, type TestServer } from './testing/server'

const NUMBER = '990101195003070017' // invented, with its check digit
let server: TestServer
let device: Device
let fieldCode = ''
let asked = 0

function family(number: string, member: string): Operation[] {
  return household('覃桂兰', member).map((op) => (op.op === 'append' ? { ...op, value: { ...(op.value as object), id_number: number } } : op)) as Operation[]
}
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(holds()).toBe(true)
}
/** Everything in every database of this origin, as text: bytes as Latin-1, and once more as UTF-8. */
async function everythingOnDisk(): Promise<string> {
  const found: string[] = []
  const tell = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      found.push(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''), new TextDecoder().decode(bytes))
    } else if (value && typeof value === 'object') Object.values(value).forEach(tell)
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const opening = indexedDB.open(name as string)
      opening.onsuccess = () => done(opening.result)
      opening.onerror = () => fail(opening.error as Error)
    })
    for (const store of Array.from(database.objectStoreNames)) {
      const rows = await new Promise<unknown[]>((done, fail) => {
        const reading = database.transaction(store).objectStore(store).getAll()
        reading.onsuccess = () => done(reading.result as unknown[])
        reading.onerror = () => fail(reading.error as Error)
      })
      rows.forEach(tell)
    }
    database.close()
  }
  return found.join('\n')
}

beforeEach(async () => {
  server = await startServer()
  const phone = await enrolled(server)
  fieldCode = phone.fieldCode
  device = phone
  asked = server.calls.length
})
afterEach(() => device.lock())

it('is found offline as soon as the second file is saved, and again after a restart', async () => {
  const first = await device.createFile('household', SCOPE, family(NUMBER, 'a'.repeat(32)))
  expect(device.samePersons).toEqual([])
  const second = await device.createFile('household', SCOPE, family(NUMBER.toLowerCase(), 'b'.repeat(32)))
  await until(() => device.samePersons.length === 1)
  const files = [first.fileId, second.fileId].sort()
  expect([device.samePersons[0]?.file, device.samePersons[0]?.elements[0]]).toEqual(files)

  expect(server.calls.length).toBe(asked) // nothing of this needed the server
  const disk = await everythingOnDisk()
  expect(disk.length).toBeGreaterThan(2_000)
  for (const secret of [NUMBER, markOf(NUMBER) as string, '覃桂兰']) expect(disk.includes(secret), secret).toBe(false)

  await device.lock()
  expect(device.samePersons).toEqual([])
  device = await restarted(server)
  await device.unlockWithFieldCode(PERSON, fieldCode)
  await until(() => device.samePersons.length === 1)
})

it('ends when the number is put right', async () => {
  const first = await device.createFile('household', SCOPE, family(NUMBER, 'a'.repeat(32)))
  await device.createFile('household', SCOPE, family(NUMBER, 'b'.repeat(32)))
  await until(() => device.samePersons.length === 1)
  await device.save(await device.openFile(first.fileId), [{ op: 'set', path: `members/${'a'.repeat(32)}/id_number`, value: '990101' }])
  await until(() => device.samePersons.length === 0)
})
