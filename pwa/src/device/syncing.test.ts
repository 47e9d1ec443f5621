import { describe, expect, test, vi } from 'vitest'
import { openVaultDatabase } from '../vault'
import { Colleague, enrolled, household, id, PASSWORD, restarted, startServer } from './testing/phones'
import { PERSON, type TestServer } from './testing/server'

async function stationOf(count: number): Promise<{ server: TestServer; colleague: Colleague }> {
  const server = await startServer()
  const colleague = await Colleague.of(server)
  for (let number = 1; number <= count; number++) await colleague.save(id(number), household(`户主${number}`, id(number)))
  return { server, colleague }
}

async function databaseOf() {
  const name = (await indexedDB.databases()).find((database) => database.name !== 'yihu')!.name!
  return openVaultDatabase(name)
}

async function damage(file: string): Promise<void> {
  const database = await databaseOf()
  const row = (await database.get('files', file))!
  row.body.data[3]! ^= 1
  await database.put('files', row)
}

describe('pulling', () => {
  test('brings colleagues’ households page by page', async () => {
    const { server } = await stationOf(7)
    const phone = await enrolled(server)
    await phone.syncNow()
    expect(phone.households.map((one) => one.headName).sort()).toEqual(['户主1', '户主2', '户主3', '户主4', '户主5', '户主6', '户主7'])
    expect((await phone.openFile(id(3))).history[0]).toMatchObject({ personName: '周远', own: false, fate: 'accepted' })
  })

  test('a change whose verdict is not the server’s is left out, told, and stops nothing', async () => {
    const { server, colleague } = await stationOf(1)
    server.forge = true
    await colleague.save(id(2), household('伪造'))
    server.forge = false
    await colleague.save(id(3), household('户主3'))
    const phone = await enrolled(server)
    await phone.syncNow()
    expect(phone.households.map((one) => one.headName).sort()).toEqual(['户主1', '户主3'])
    expect(phone.sync.problem?.code).toBe('bad_signature')
  })

  test('a file that leaves stays while an own save in it is undecided, read-only, and goes after', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    await phone.syncNow()
    server.judge = () => 'held'
    await phone.save(await phone.openFile(id(1)), [{ op: 'set', path: 'phone', value: '19900005555' }])
    server.leave(id(1))
    await phone.syncNow()
    const view = await phone.openFile(id(1))
    expect(view.readonly).toBe(true)
    await expect(phone.save(view, [{ op: 'set', path: 'phone', value: '1' }])).rejects.toMatchObject({ code: 'not_allowed' })
    const held = server.log[1]!
    await server.decide(held.envelope, held.change, 'accepted')
    server.leave(id(1))
    await phone.syncNow()
    await expect(phone.openFile(id(1))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a file that leaves stays while a draft of it is being written, and goes after', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    await phone.syncNow()
    phone.saveDraft(`visit:${id(1)}`, { note: '写到一半' })
    await phone.listDrafts()
    server.leave(id(1))
    await phone.syncNow()
    expect(await phone.openFile(id(1))).toMatchObject({ readonly: true })
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    expect(await again.loadDraft(`visit:${id(1)}`)).toEqual({ note: '写到一半' })
    await again.deleteDraft(`visit:${id(1)}`)
    await again.syncNow()
    await expect(again.openFile(id(1))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a session that ended is opened again with the device key, and nothing is lost', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    server.mishaps.push('session_over')
    await phone.syncNow()
    expect(phone.households.length).toBe(1)
    expect(server.calls.filter((call) => call === 'POST /sessions').length).toBe(1)
  })

  test('a new policy is fetched when its epoch moves, and an older one refused', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    server.epoch = 2
    server.duty = 'deputy'
    await phone.syncNow()
    expect(phone.me?.duties).toEqual(['deputy'])
    server.epoch = 1
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('downgrade')
    expect(phone.me?.duties).toEqual(['deputy'])
  })
})

describe('a state that differs from the server’s', () => {
  test('is fetched again once and then told, and the server’s word is never copied', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    const right = server.digestOf(id(1))
    server.digest = () => 'f'.repeat(64)
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('digest_differs')
    expect(server.calls.filter((call) => call === 'POST /sync').length).toBeGreaterThanOrEqual(1)
    expect((await phone.openFile(id(1))).seen).toBe(right)
  })
})

describe('a damaged record', () => {
  test('is told when it is opened and comes again from the server with the next sync', async () => {
    const { server } = await stationOf(2)
    const phone = await enrolled(server)
    await phone.syncNow()
    await damage(id(1))
    await expect(phone.openFile(id(1))).rejects.toMatchObject({ code: 'damaged' })
    await phone.syncNow()
    expect((await phone.openFile(id(1))).state.paths['phone']?.value).toBe('19900001111')
    expect(phone.households.length).toBe(2)
  })

  test('that a tail touches first is fetched whole, and not kept as the little that the tail says', async () => {
    const { server, colleague } = await stationOf(2)
    const phone = await enrolled(server)
    await phone.syncNow()
    await damage(id(1))
    await colleague.save(id(1), [{ op: 'set', path: 'phone', value: '19900007777' }])
    await phone.syncNow()
    await phone.syncNow()
    const view = await phone.openFile(id(1))
    expect(view.state.paths['phone']?.values.map((one) => one.value).sort()).toEqual(['19900001111', '19900007777'])
    expect(view.history.length).toBe(2)
  })

  test('with an own save that was not sent yet: the save goes up, and the next one takes a number of its own', async () => {
    const { server } = await stationOf(1)
    const phone = await enrolled(server)
    await phone.syncNow()
    const sent = await phone.save(await phone.openFile(id(1)), [{ op: 'set', path: 'phone', value: '19900005555' }])
    await damage(id(1))
    await expect(phone.openFile(id(1))).rejects.toMatchObject({ code: 'damaged' })
    server.losesSealed = true
    await phone.syncNow()
    server.losesSealed = false
    await phone.save(await phone.openFile(id(1)), [{ op: 'set', path: 'household_size', value: 4 }])
    await phone.syncNow()
    const own = server.log.slice(1).map((logged) => [logged.change.seq, logged.change.prev])
    expect(own).toEqual([[1, null], [2, sent]])
  })

  test('an index that does not verify is made again from the files when the vault opens', async () => {
    const { server } = await stationOf(3)
    const phone = await enrolled(server)
    await phone.syncNow()
    await phone.lock()
    const database = await databaseOf()
    const row = (await database.get('index', 0))!
    row.body.data[3]! ^= 1
    await database.put('index', row)
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    expect(again.households.map((one) => one.headName).sort()).toEqual(['户主1', '户主2', '户主3'])
    expect(again.sync.problem?.code).toBe('damaged')
  })
})

describe('the first sync', () => {
  async function packed(count: number) {
    const { server, colleague } = await stationOf(count)
    await server.makePack()
    return { server, colleague }
  }

  test('takes the pack and then what came after it', async () => {
    const { server, colleague } = await packed(90)
    await colleague.save(id(91), household('后来的'))
    const phone = await enrolled(server)
    await phone.syncNow()
    expect(phone.households.length).toBe(91)
    expect(phone.sync).toMatchObject({ problem: null, progress: null })
  })

  test('a pack that is gone: all is asked for anew, and then which files are still its own', async () => {
    const { server } = await packed(3)
    const { fetch } = server
    const asked: number[] = []
    Object.assign(server, {
      fetch: async (url: string, init: RequestInit) => {
        if (url.includes('/packs/')) {
          server.pack = null // the duty that had brought it is gone as well
          server.elsewhere.add(id(3))
          return new Response(JSON.stringify({ code: 'not_found' }), { status: 404, headers: { 'Yihu-Protocol': '1', 'Content-Type': 'application/json' } })
        }
        if (url.endsWith('/have')) asked.push(server.calls.length)
        return fetch(url, init)
      },
    })
    const phone = await enrolled(server)
    for (let tries = 0; tries < 3; tries++) await phone.syncNow()
    expect(asked).toHaveLength(1)
    expect(phone.households.map((one) => one.fileId).sort()).toEqual([id(1), id(2)])
    expect(phone.sync.problem).toBeNull()
  })

  test('goes on where it was cut off, also after the app was killed', async () => {
    const { server } = await packed(5)
    // Two parts: what does not compress fills the pack beyond the size of one.
    const colleague = await Colleague.of(server, '88')
    const noise = () => hexOf(crypto.getRandomValues(new Uint8Array(15_000)))
    for (let number = 100; number < 130; number++) await colleague.save(id(number), [...household(`户主${number}`), { op: 'set', path: 'directions', value: noise() }])
    await server.makePack()
    const phone = await enrolled(server)
    const length = server.pack!.bytes.length
    expect(length).toBeGreaterThan(256 * 1024)
    const fetch = server.fetch
    let parts = 0
    Object.assign(server, { fetch: (url: string, init: RequestInit) => (url.includes('/packs/') && ++parts > 1 ? Promise.reject(new TypeError('cut')) : fetch(url as never, init)) })
    const cut = await restarted(server)
    await phone.lock()
    await cut.unlockWithPassword(PERSON, PASSWORD)
    await cut.syncNow()
    expect(cut.households.length).toBe(0)
    Object.assign(server, { fetch })
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.syncNow()
    expect(again.households.length).toBe(35)
    expect(server.ranges.filter((range) => range.startsWith('bytes=0-')).length).toBe(1)
  })

  test('closed between two batches of a pack, it goes on at the next unlock and loses nothing', async () => {
    const { server } = await packed(130)
    const phone = await enrolled(server)
    const running = phone.syncNow()
    await vi.waitUntil(() => phone.households.length > 0, { interval: 1, timeout: 15_000 })
    expect(phone.households.length).toBe(100)
    await phone.lock()
    await running
    await phone.unlockWithPassword(PERSON, PASSWORD)
    expect(phone.households.length).toBe(100)
    await phone.syncNow()
    expect(new Set(phone.households.map((one) => one.fileId)).size).toBe(130)
    expect(phone.sync).toMatchObject({ problem: null, progress: null })
    expect(server.ranges.filter((range) => range.startsWith('bytes=0-')).length).toBe(1)
  })

  test('a pack that was altered is not taken in at all', async () => {
    const { server } = await packed(3)
    server.pack!.bytes[40]! ^= 1
    const phone = await enrolled(server)
    await phone.syncNow()
    expect(phone.households).toEqual([])
    expect(phone.sync.problem?.code).toBe('invalid')
    await server.makePack()
    await phone.syncNow()
    expect(phone.households.length).toBe(3)
  })
})

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
