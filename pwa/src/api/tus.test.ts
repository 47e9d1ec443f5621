import { describe, expect, test } from 'vitest'
import { Client } from './client'
import { uploadByTus } from './tus'

/** A server of tus 1.0 behind a line that is torn after so many bytes of a body; what arrived of a torn part is thrown away. */
function brokenLine(breaksAfter: number) {
  const state = { received: new Uint8Array(0), total: 0, breaks: 0, carried: 0, parts: [] as number[], lostAnswers: 0, made: 0 }
  const send = async (_url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const headers = { 'Yihu-Protocol': '1', Location: '/api/v1/attachments/u1', 'Upload-Offset': String(state.received.length) }
    const given = new Headers(init?.headers)
    if (init?.method === 'POST') {
      state.made += 1
      state.total = Number(given.get('Upload-Length'))
      return new Response(null, { status: 201, headers })
    }
    if (init?.method === 'HEAD') return new Response(null, { status: 200, headers })
    const body = init!.body as Uint8Array
    state.parts.push(body.length)
    state.carried += Math.min(body.length, breaksAfter)
    if (body.length > breaksAfter) {
      state.breaks += 1
      throw new TypeError('torn')
    }
    if (Number(given.get('Upload-Offset')) !== state.received.length) return new Response('{}', { status: 409, headers })
    const joined = new Uint8Array(state.received.length + body.length)
    joined.set(state.received)
    joined.set(body, state.received.length)
    state.received = joined
    // Every third answer is lost: the part arrived all the same.
    if (state.parts.length % 3 === 0) {
      state.lostAnswers += 1
      throw new TypeError('answer lost')
    }
    return new Response(null, { status: 204, headers: { ...headers, 'Upload-Offset': String(joined.length) } })
  }
  return { state, client: new Client(send as typeof fetch) }
}
const content = (bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => (at * 31) % 251)
const upload = (bytes: Uint8Array) => ({ bytes, metadata: { file: 'f', sha256: 's' }, location: null, onLocation: async () => undefined })

describe('an upload', () => {
  test('gets through a line that breaks every 50,000 bytes, whole and in order, with little sent twice', async () => {
    const { state, client } = brokenLine(50_000)
    const bytes = content(600_000)
    await uploadByTus(client, upload(bytes))
    expect(Buffer.compare(state.received, bytes)).toBe(0)
    expect(state.breaks).toBeGreaterThan(0)
    expect(state.lostAnswers).toBeGreaterThan(0)
    expect(state.made).toBe(1)
    expect(state.carried).toBeLessThan(bytes.length * 1.6)
  })
  test('gives up on a line that carries nothing, so that a later sync goes on', async () => {
    const { state, client } = brokenLine(100)
    await expect(uploadByTus(client, upload(content(60_000)))).rejects.toMatchObject({ code: 'no_answer' })
    expect(state.parts.length).toBeLessThan(20)
  })
  test('sends nothing of what the server has already', async () => {
    const { state, client } = brokenLine(1_000_000)
    state.received = content(5_000)
    await uploadByTus(client, upload(content(5_000)))
    expect(state.parts).toEqual([])
  })
})
