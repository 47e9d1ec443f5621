/**
 * The only door to the network. JSON and gzip, a time limit, no redirects, and an answer counts only with our protocol's
 * header. Sessions are cookies that scripts cannot see; on 401 the device key opens a new one silently, once.
 */
import { NoAnswer, Problem } from './errors'
import { canGzip, gzip } from './gzip'

export type SessionKind = 'read' | 'upload'
export type Method = 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE'

export interface Call {
  method: Method
  path: string
  json?: unknown
  body?: Uint8Array | FormData
  headers?: Record<string, string>
  session?: SessionKind
  timeoutMs?: number
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: Headers
  bytes(): Promise<Uint8Array>
  json<T>(): Promise<T>
}

/** Opens a session of this kind with the device key; throws when the key is locked away. */
export type OpenSession = (kind: SessionKind) => Promise<void>

export const PREFIX = '/api/v1'
const HEADER = 'Yihu-Protocol'
const VERSION = '1'
const TIMEOUT_MS = 30_000
const GZIP_FROM_BYTES = 800

export class Client {
  openSession: OpenSession | null = null

  constructor(
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
    private readonly origin = '',
  ) {}

  async call(call: Call): Promise<Answer> {
    const answer = await this.once(call)
    if (answer.status !== 401 || !call.session || !this.openSession) return checked(answer)
    await this.openSession(call.session)
    return checked(await this.once(call))
  }

  async json<T>(method: Method, path: string, json?: unknown, session?: SessionKind, timeoutMs?: number): Promise<T> {
    const answer = await this.call({ method, path, json, session, timeoutMs })
    return answer.status === 204 || answer.status === 304 ? (undefined as T) : answer.json<T>()
  }

  private async once(call: Call): Promise<Answer> {
    const headers: Record<string, string> = { Accept: 'application/json', ...call.headers }
    let body: BodyInit | undefined
    if (call.json !== undefined) {
      headers['Content-Type'] = 'application/json'
      let bytes = new TextEncoder().encode(JSON.stringify(call.json)) as Uint8Array
      if (bytes.length >= GZIP_FROM_BYTES && canGzip()) {
        bytes = await gzip(bytes)
        headers['Content-Encoding'] = 'gzip'
      }
      body = bytes as BufferSource
    } else if (call.body) body = call.body as BodyInit
    return this.fetch(call, headers, body)
  }

  private async fetch(call: Call, headers: Record<string, string>, body: BodyInit | undefined): Promise<Answer> {
    const limit = new AbortController()
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      limit.abort()
    }, call.timeoutMs ?? TIMEOUT_MS)
    const onAbort = () => limit.abort()
    call.signal?.addEventListener('abort', onAbort)
    const failed = (): NoAnswer => new NoAnswer(timedOut ? 'timeout' : call.signal?.aborted ? 'aborted' : 'network')
    try {
      const response = await this.send(this.origin + PREFIX + call.path, {
        method: call.method, headers, body, redirect: 'manual', credentials: 'same-origin', cache: 'no-store', referrerPolicy: 'no-referrer', signal: limit.signal,
      }).catch((): never => { throw failed() }) // prettier-ignore
      if (response.headers.get(HEADER) !== VERSION) throw new NoAnswer('portal')
      // Read to the end under the same time limit: half an answer is none.
      const content = new Uint8Array(await response.arrayBuffer().catch((): never => { throw failed() }))
      const text = () => new TextDecoder().decode(content)
      return { status: response.status, headers: response.headers, bytes: async () => content, json: async <T>() => parsed<T>(text()) }
    } finally {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', onAbort)
    }
  }
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new NoAnswer('portal')
  }
}

async function checked(answer: Answer): Promise<Answer> {
  if (answer.status < 400) return answer
  const document = await answer.json<Record<string, unknown>>().catch((): Record<string, unknown> => ({}))
  throw new Problem(answer.status, document && typeof document === 'object' ? document : {})
}
