import { describe, expect, test } from 'vitest'
import type { Change, Operation } from '../sync/change'
import { Colleague, enrolled, household, id, PASSWORD, PIN, restarted, startServer } from './testing/phones'
import { PERSON, SCOPE, type TestServer } from './testing/server'
import type { Device, FileView } from './contract'

const WEST = '7e'.repeat(16)
const ONE = id(1)
const OTHER = id(2)
const MEMBER = `members/${OTHER}`

function put(path: string, value: string | number): Operation {
  return { op: 'set', path, value }
}

/** One household that two colleagues recorded, each in a file of their own. */
async function twoFiles(): Promise<{ server: TestServer; colleague: Colleague; phone: Device }> {
  const server = await startServer()
  server.duty = 'deputy'
  const colleague = await Colleague.of(server)
  await colleague.save(ONE, household('王秀兰', ONE))
  await colleague.save(OTHER, [...household('王秀兰', OTHER).slice(1), put('directions', '井边')].filter((op) => op.path !== 'phone').concat(put('phone', '19900002222')))
  const phone = await enrolled(server)
  await phone.syncNow()
  return { server, colleague, phone }
}

async function merged(): Promise<{ server: TestServer; colleague: Colleague; phone: Device }> {
  const made = await twoFiles()
  const { phone } = made
  await phone.mergeFiles(await phone.openFile(ONE), await phone.openFile(OTHER), { reason: '同一户' })
  return made
}

function values(view: FileView, path: string): unknown[] {
  return (view.state.paths[path]?.values ?? []).map(({ value }) => value)
}

function lastChange(server: TestServer): Change {
  return server.log[server.log.length - 1]!.change
}

describe('two files that are one household', () => {
  test('show as one at once, and after the server has agreed to the digest', async () => {
    const { server, phone } = await merged()
    for (const sync of [false, true]) {
      if (sync) await phone.syncNow()
      expect(phone.households.map((one) => one.fileId)).toEqual([ONE])
      expect(phone.households[0]!.memberNames).toEqual(['王秀兰', '王秀兰'])
      const view = await phone.openFile(ONE)
      expect(values(view, 'phone').sort()).toEqual(['19900001111', '19900002222'])
      expect(view.state.absorbs).toEqual([{ file: OTHER, by: ONE, known: true }])
      expect((await phone.openFile(OTHER)).state.absorbed_by).toBe(ONE)
    }
    expect(phone.sync.problem).toBeNull()
    expect(lastChange(server)).toMatchObject({ act: 'merge', ops: [], reason: '同一户', merge: { file: OTHER } })
  })

  test('take late changes of the other, in the list and in the open file', async () => {
    const { colleague, phone } = await merged()
    await phone.syncNow()
    await colleague.save(OTHER, [put('directions', '井边第二家')])
    let told = 0
    phone.onFileChanged(ONE, () => told++)
    await phone.syncNow()
    expect(told).toBeGreaterThan(0)
    expect(values(await phone.openFile(ONE), 'directions')).toContain('井边第二家')
    expect(phone.sync.problem).toBeNull()
  })

  test('are replaced together by a save that showed both', async () => {
    const { server, phone } = await merged()
    await phone.save(await phone.openFile(ONE), [put('phone', '19900003333')])
    await phone.syncNow()
    expect(values(await phone.openFile(ONE), 'phone')).toEqual(['19900003333'])
    expect(Object.keys(lastChange(server).base.vector).some((name) => name.endsWith(`@${OTHER}`))).toBe(true)
    expect((await phone.openFile(ONE)).history).toHaveLength(4)
    expect(phone.sync.problem).toBeNull()
  })

  test('are still one after the phone was killed, and on the route under the PIN', async () => {
    const { server, phone } = await merged()
    await phone.syncNow()
    await phone.setRoute([ONE])
    const again = await restarted(server)
    await again.unlockWithPin(PERSON, PIN)
    expect(again.route).toEqual([ONE])
    expect(values(await again.openFile(ONE), 'phone')).toHaveLength(2)
    await again.unlockWithPassword(PERSON, PASSWORD)
    expect(again.households.map((one) => one.fileId)).toEqual([ONE])
  })

  test('are parted again, and what was written about the other’s member goes with it', async () => {
    const { phone } = await merged()
    await phone.syncNow()
    await phone.save(await phone.openFile(ONE), [put(`${MEMBER}/name`, '王秀英'), put('phone', '19900003333')])
    await phone.undoMerge(await phone.openFile(ONE), OTHER, { reason: '是两户' })
    for (const sync of [false, true]) {
      if (sync) await phone.syncNow()
      expect(phone.households.map((one) => one.fileId).sort()).toEqual([ONE, OTHER])
      const [one, other] = [await phone.openFile(ONE), await phone.openFile(OTHER)]
      expect(values(one, 'phone')).toEqual(['19900003333'])
      expect(values(other, 'phone')).toEqual(['19900002222'])
      expect(values(other, `${MEMBER}/name`)).toEqual(['王秀英'])
      expect(one.state.elements[MEMBER]).toBeUndefined()
    }
    expect(phone.sync.problem).toBeNull()
  })

  test('that are not merged cannot be parted', async () => {
    const { phone } = await twoFiles()
    await expect(phone.undoMerge(await phone.openFile(ONE), OTHER)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a household that moves to another patch', () => {
  test('is read-only from then on, with the words that were said', async () => {
    const { server, phone } = await twoFiles()
    await phone.transferFile(await phone.openFile(ONE), WEST, { reason: '搬到龙塘村' })
    const view = await phone.openFile(ONE)
    expect(view.readonly).toBe(true)
    expect(view.state.paths['$scope']?.value).toBe(WEST)
    await phone.syncNow()
    expect(lastChange(server)).toMatchObject({ act: 'transfer', to: WEST, ops: [], reason: '搬到龙塘村' })
  })

  test('and back is written again', async () => {
    const { phone } = await twoFiles()
    await phone.transferFile(await phone.openFile(ONE), WEST)
    await phone.transferFile(await phone.openFile(ONE), SCOPE)
    expect((await phone.openFile(ONE)).readonly).toBe(false)
  })
})
