/** The phone as a witness of the server's log: what it refuses, what it tells, what it brings back. */
import { describe, expect, test } from 'vitest'
import { Colleague, enrolled, household, id, restarted, startServer, PASSWORD } from './testing/phones'
import { PERSON, SCOPE, type TestServer } from './testing/server'
import { gunzip } from '../api'
import type { Device } from './contract'

async function bodyOf(init: RequestInit): Promise<Record<string, unknown>> {
  const bytes = init.body as Uint8Array
  const isPacked = (init.headers as Record<string, string>)['Content-Encoding'] === 'gzip'
  return JSON.parse(new TextDecoder().decode(isPacked ? await gunzip(bytes) : bytes)) as Record<string, unknown>
}

async function station(): Promise<{ server: TestServer; colleague: Colleague; phone: Device }> {
  const server = await startServer()
  const colleague = await Colleague.of(server)
  for (let number = 1; number <= 3; number++) await colleague.save(id(number), household(`户主${number}`))
  const phone = await enrolled(server)
  await phone.syncNow()
  return { server, colleague, phone }
}

async function visit(phone: Device, file: string, value: string): Promise<void> {
  await phone.save(await phone.openFile(file), [{ op: 'set', path: 'phone', value }])
  await phone.syncNow()
}

describe('a revoked phone', () => {
  test('sends what no backup holds once more, with the verdicts that it was given, and that once a start', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '13900000001')
    const safe = server.log.length
    await visit(phone, id(2), '13900000002')
    await visit(phone, id(3), '13900000003')
    const due = server.log.slice(safe).map((logged) => ({ id: logged.verdict.change, verdict: logged.signed }))
    server.backedUp = safe
    await phone.syncNow()
    server.revoked = true
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    await again.syncNow()
    expect(again.sync.problem?.code).toBe('device_revoked')
    expect(server.broughtSealed).toEqual(due)
    await again.syncNow()
    expect(server.broughtSealed).toHaveLength(2)
  })
})

describe('a log that is not the remembered one', () => {
  test('a server that refuses to go on from another past is shown to the person, and nothing of it is taken in', async () => {
    const { server, colleague, phone } = await station()
    await server.rewrite(1)
    await colleague.save(id(4), household('户主4'))
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('log_differs')
    expect(phone.households).toHaveLength(3)
  })

  test('one that hides it is found out by the proof', async () => {
    const { server, colleague, phone } = await station()
    server.isOpen = false
    await server.rewrite(1)
    await colleague.save(id(4), household('户主4'))
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('log_differs')
    expect(phone.households).toHaveLength(3)
  })

  test('one that shows no log beside new entries is not believed', async () => {
    const { server, colleague, phone } = await station()
    server.tellLog = () => null
    await colleague.save(id(4), household('户主4'))
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('log_differs')
    expect(phone.households).toHaveLength(3)
  })

  test('a shorter one that says nothing of a restart is not believed', async () => {
    const { server, phone } = await station()
    server.isOpen = false
    server.forget(2)
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('log_behind')
  })

  test('a root that a stranger signed is not believed', async () => {
    const { server, colleague, phone } = await station()
    server.tellLog = (log) => log && { ...log, root: { ...log.root, sig: 'A'.repeat(86) } }
    await colleague.save(id(4), household('户主4'))
    await phone.syncNow()
    expect(phone.sync.problem?.code).toBe('log_differs')
    expect(phone.households).toHaveLength(3)
  })

  test('what is saved meanwhile stays in the phone and goes up once the log is the old one again', async () => {
    const { server, phone } = await station()
    const kept = server.log.map((logged) => ({ ...logged }))
    await server.rewrite(1)
    await visit(phone, id(1), '19900001234')
    expect(phone.sync).toMatchObject({ unsentCount: 1, problem: { code: 'log_differs' } })
    server.log.splice(0, server.log.length, ...kept)
    await phone.syncNow()
    expect(phone.sync).toMatchObject({ unsentCount: 0, problem: null })
    expect(server.log).toHaveLength(4)
  })
})

describe('a server that was put back to an older copy', () => {
  test('gets back what it forgot with the first verdicts, and the person is told', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '19900001111')
    await visit(phone, id(2), '19900002222')
    const before = server.log.map(({ signed }) => signed.body)
    server.forget(3)
    await phone.syncNow()
    expect(phone.sync.problem).toBeNull()
    expect(server.log.map(({ signed }) => signed.body)).toEqual(before)
    expect(phone.sync.restored).toMatchObject({ brought: 2 })
    await visit(phone, id(1), '19900003333')
    const last = server.log[server.log.length - 1]
    expect(last?.verdict).toMatchObject({ status: 'accepted', position: 2 ** 32 + 3 })
    expect((await phone.openFile(id(1))).seen).toBe(server.digestOf(id(1)))
  })

  test('and still tells so after the phone was closed', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '19900001111')
    server.forget(3)
    await phone.syncNow()
    const again = await restarted(server)
    await again.unlockWithPassword(PERSON, PASSWORD)
    expect(again.sync.restored).toMatchObject({ brought: 1 })
  })

  test('what broke off on the way is brought back at the next sync', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '19900001111')
    server.forget(3)
    const { fetch } = server
    let cuts = 2
    Object.assign(server, {
      fetch: async (url: string, init: RequestInit) => {
        const answer = await fetch(url, init)
        if (url.endsWith('/log/return') && cuts-- > 0) throw new TypeError('reply lost')
        return answer
      },
    })
    for (let tries = 0; tries < 3; tries++) await phone.syncNow()
    expect(server.log).toHaveLength(4)
    expect(phone.sync.problem).toBeNull()
  })

  test('twice in the same epoch, before the phone saw what it had brought back: it brings it back again', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '19900001111')
    const before = server.log.map(({ signed }) => signed.body)
    server.forget(3)
    const { fetch } = server
    let returned = false
    Object.assign(server, {
      fetch: async (url: string, init: RequestInit) => {
        if (returned && url.endsWith('/sync')) throw new TypeError('request lost')
        const answer = await fetch(url, init)
        returned ||= url.endsWith('/log/return')
        return answer
      },
    })
    await phone.syncNow()
    expect(server.log).toHaveLength(4)
    server.log.length = 3 // the copy of a moment before: it knows of the restart
    Object.assign(server, { fetch })
    await phone.syncNow()
    expect(server.log.map(({ signed }) => signed.body)).toEqual(before)
    expect(phone.sync.problem).toBeNull()
    const calls = server.calls.length
    await phone.syncNow()
    expect(server.calls.slice(calls)).not.toContain('POST /log/return')
  })
})

describe('what only a lost log gave', () => {
  test('goes after a restart: a file that the server knows and does not let this phone read; asked again until it was answered', async () => {
    const { server, phone } = await station()
    await visit(phone, id(1), '19900001111')
    server.forget(3)
    server.elsewhere.add(id(3))
    const { fetch } = server
    const asked: string[][] = []
    Object.assign(server, {
      fetch: async (url: string, init: RequestInit) => {
        const answer = await fetch(url, init)
        if (!url.endsWith('/have')) return answer
        const { files } = (await bodyOf(init)) as { files: Record<string, string> }
        if (Object.values(files).some((hash) => hash !== '0'.repeat(64))) return answer
        asked.push(Object.keys(files).sort())
        if (asked.length === 1) throw new TypeError('reply lost')
        return answer
      },
    })
    for (let tries = 0; tries < 4; tries++) await phone.syncNow()
    expect(asked).toEqual([[id(1), id(2), id(3)], [id(1), id(2), id(3)]]) // prettier-ignore
    expect(phone.households.map((one) => one.fileId).sort()).toEqual([id(1), id(2)])
    expect(phone.sync.problem).toBeNull()
  })
})

describe('what the server holds more', () => {
  test('files that are its own again are asked for by name: one that went from here, and one that was shut', async () => {
    const { server, phone } = await station()
    await visit(phone, id(2), '13900000002')
    server.backedUp = 0 // an own save keeps its file here
    server.leave(id(1))
    server.leave(id(2))
    await phone.syncNow()
    expect((await phone.openFile(id(2))).readonly).toBe(true)
    expect(phone.households.map((one) => one.fileId)).toEqual([id(3)])
    for (const file of [id(1), id(2), id(3)]) server.leave(file, { kind: 'enter', file, scope: SCOPE }) // and is this phone's again
    const { fetch } = server
    const asked: string[][] = []
    Object.assign(server, {
      fetch: async (url: string, init: RequestInit) => {
        const answer = await fetch(url, init)
        if (!url.endsWith('/have')) return answer
        asked.push(Object.keys((await bodyOf(init))['files'] as object).sort())
        if (asked.length === 1) throw new TypeError('reply lost')
        return answer
      },
    })
    for (let tries = 0; tries < 3; tries++) await phone.syncNow()
    expect(asked).toEqual([[id(1), id(2)], [id(1), id(2)]]) // prettier-ignore
    expect(phone.households.map((one) => one.fileId).sort()).toEqual([id(1), id(2), id(3)])
    for (const file of [id(1), id(2)]) {
      const view = await phone.openFile(file)
      expect(view).toMatchObject({ readonly: false, seen: server.digestOf(file) })
    }
    expect(phone.sync.problem).toBeNull()
  })

  test('a file that differs is mended alone, without asking for everything', async () => {
    const { server, colleague, phone } = await station()
    const later = await colleague.save(id(2), [{ op: 'set', path: 'phone', value: '19900004444' }])
    const at = server.log.findIndex((logged) => logged.envelope === later)
    const hidden = server.entries
    Object.defineProperty(server, 'entries', { get: () => hidden.filter((_, index) => index !== at), configurable: true })
    await phone.syncNow()
    expect(server.calls.filter((call) => call === 'POST /have')).toHaveLength(1)
    expect((await phone.openFile(id(2))).seen).toBe(server.digestOf(id(2)))
  })
})
