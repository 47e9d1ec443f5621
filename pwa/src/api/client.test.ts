import { describe, expect, test, vi } from 'vitest'
import { Client } from './client'
import { NoAnswer, Problem } from './errors'
import { gunzip } from './gzip'
import { uploadByTus } from './tus'

function answer(body: BodyInit | null, init: ResponseInit = {}, headers: Record<string, string> = {}): Response {
  return new Response(body, { ...init, headers: { 'Yihu-Protocol': '1', ...headers } })
}

function client(...answers: (() => Response | Promise<Response>)[]): { client: Client; sent: { url: string; init: RequestInit }[] } {
  const sent: { url: string; init: RequestInit }[] = []
  const send = (async (url: string, init: RequestInit) => {
    sent.push({ url, init })
    return (answers.length > 1 ? answers.shift() : answers[0])!()
  }) as unknown as typeof fetch
  return { client: new Client(send), sent }
}

describe('what counts as an answer', () => {
  test('a portal that answers 200 with a page is no answer', async () => {
    const portal = client(() => new Response('<html>请登录</html>', { status: 200 }))
    await expect(portal.client.json('POST', '/sync', {})).rejects.toMatchObject({ code: 'no_answer', reason: 'portal' })
  })

  test('so is one that answers well-formed JSON, or 401: only our header makes an answer', async () => {
    await expect(client(() => new Response('{"verdicts":[]}')).client.json('POST', '/sync', {})).rejects.toMatchObject({ reason: 'portal' })
    const asked = client(() => new Response('{}', { status: 401 }))
    asked.client.openSession = () => Promise.reject(new Error('never asked'))
    await expect(asked.client.json('POST', '/sync', {}, 'read')).rejects.toMatchObject({ reason: 'portal' })
  })

  test('a page with our header but no JSON is no answer', async () => {
    await expect(client(() => answer('<html>')).client.json('GET', '/health')).rejects.toMatchObject({ reason: 'portal' })
  })

  test('a dead network, and one that hangs, are no answer', async () => {
    await expect(client(() => Promise.reject(new TypeError('failed'))).client.json('GET', '/health')).rejects.toBeInstanceOf(NoAnswer)
    vi.useFakeTimers()
    const hanging = new Client(((_url: string, init: RequestInit) => new Promise((_resolve, reject) => init.signal!.addEventListener('abort', () => reject(new Error('aborted'))))) as unknown as typeof fetch)
    const call = expect(hanging.json('GET', '/health')).rejects.toMatchObject({ reason: 'timeout' })
    await vi.advanceTimersByTimeAsync(31_000)
    await call
    vi.useRealTimers()
  })

  test('redirects are not followed and no other origin learns where we come from', async () => {
    const { client: door, sent } = client(() => answer('{}'))
    await door.json('GET', '/health')
    expect(sent[0]!.init).toMatchObject({ redirect: 'manual', credentials: 'same-origin', referrerPolicy: 'no-referrer', cache: 'no-store' })
  })

  test('a problem keeps its code, its words and its facts', async () => {
    const problem = { code: 'wrong_password', status: 403, say: '密码不对。', say_en: 'Wrong password.', remaining: 3 }
    const failed = client(() => answer(JSON.stringify(problem), { status: 403 })).client.json('POST', '/vault/share', {})
    await expect(failed).rejects.toMatchObject({ code: 'wrong_password', facts: { remaining: 3 }, say: { zh: '密码不对。' } })
    await expect(client(() => answer('oops', { status: 502 })).client.json('GET', '/x')).rejects.toBeInstanceOf(Problem)
  })
})

describe('sessions', () => {
  test('a 401 opens the session again, once, and repeats the call', async () => {
    const { client: door, sent } = client(() => answer('{}', { status: 401 }), () => answer('{"ok":true}')) // prettier-ignore
    const opened: string[] = []
    door.openSession = async (kind) => void opened.push(kind)
    expect(await door.json('POST', '/sync', { a: 1 }, 'read')).toEqual({ ok: true })
    expect(opened).toEqual(['read'])
    expect(sent.length).toBe(2)
  })

  test('a second 401 is a problem, not a loop', async () => {
    const { client: door, sent } = client(() => answer('{"code":"not_signed_in"}', { status: 401 }))
    door.openSession = async () => undefined
    await expect(door.json('POST', '/sync', {}, 'read')).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(sent.length).toBe(2)
  })
})

test('a long body travels as gzip and is what was meant', async () => {
  const { client: door, sent } = client(() => answer('{}'))
  const words = { push: ['走访'.repeat(1000)] }
  await door.json('POST', '/sync', words)
  const { headers, body } = sent[0]!.init as { headers: Record<string, string>; body: Uint8Array }
  expect(headers['Content-Encoding']).toBe('gzip')
  expect(body.length).toBeLessThan(500)
  expect(JSON.parse(new TextDecoder().decode(await gunzip(body)))).toEqual(words)
})

test('an upload goes on where the server says it stopped', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(600 * 1024).subarray(0, 65536))
  const calls: string[] = []
  let kept = new Uint8Array()
  let dead = false
  const send = (async (url: string, init: RequestInit) => {
    if (dead) throw new TypeError('no line')
    calls.push(`${init.method} ${url}`)
    if (init.method === 'POST') return answer(null, { status: 201 }, { Location: '/api/v1/attachments/u1' })
    if (init.method === 'HEAD') return answer(null, { status: 200 }, { 'Upload-Offset': String(kept.length) })
    const part = init.body as Uint8Array
    const isCut = kept.length === 0
    const taken = isCut ? part.slice(0, 1000) : part
    kept = Uint8Array.from([...kept, ...taken])
    if (isCut) {
      dead = true
      throw new TypeError('cut')
    }
    return answer(null, { status: 204 }, { 'Upload-Offset': String(kept.length) })
  }) as unknown as typeof fetch
  let location: string | null = null
  const upload = { bytes, metadata: { file: 'f' }, location, onLocation: async (at: string | null) => void (location = at) }
  await expect(uploadByTus(new Client(send), upload)).rejects.toBeInstanceOf(NoAnswer)
  dead = false
  await uploadByTus(new Client(send), { ...upload, location })
  expect(kept).toEqual(bytes)
  expect(calls.filter((call) => call.startsWith('POST')).length).toBe(1)
})
