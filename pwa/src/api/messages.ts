/** The server's calls, typed: what is sent and what comes back. Protocol: sync/PROTOCOL.md, section 7. */
import type { Envelope } from '../sync/change'
import type { HandedIn, HaveAnswer, HaveRequest, ReturnAnswer, SealedAnswer, SealedItem, SyncAnswer, SyncRequest, WitnessAnswer, WitnessRequest } from '../sync/messages'
import type { ANSWERS } from '../sync/message-shapes'
import type { Client } from './client'
import { NoAnswer } from './errors'

export interface Offer {
  station_id: string
  station_name: string
  person_id: string
  person_name: string
  duty: 'worker' | 'deputy' | 'head'
  expires_at: number
  deployment: string
  profile?: { name: string; password_length_min: number; password_classes_min: number; refuse_common: number; kept_former: number }
}

export interface ConfirmRequest {
  code: string
  public_key: string
  receipt_key: string
  label: string
  auth: string
  kdf: { salt: string; m_kib: number; t: number; p: number }
  proof: Envelope
}

export interface Enrolled {
  replica: string
  person_id: string
  share: string
  policy: Envelope
  server_at: number
}

/**
 * An answer that is not what the protocol says is none (M-7): everything is kept, and tried again later. The shapes come with
 * the engine, which is there by the time that anything is asked; the first load does without.
 */
async function sound<T>(name: keyof typeof ANSWERS, answer: T): Promise<T> {
  const { checkAnswer } = await import('../sync/message-shapes')
  try {
    return checkAnswer(name, answer)
  } catch {
    throw new NoAnswer('portal')
  }
}

export function calls(client: Client) {
  return {
    health: () => client.json<{ status: string }>('GET', '/health'),
    look: (code: string) => client.json<Offer>('POST', '/enrolment/look', { code }),
    confirm: (request: ConfirmRequest) => client.json<Enrolled>('POST', '/enrolment/confirm', request),
    challenge: (replica: string) => client.json<{ nonce: string }>('POST', '/sessions/challenge', { replica }),
    openSession: (request: { replica: string; kind: string; nonce: string; sig: string }) => client.json<{ expires_at: number }>('POST', '/sessions', request),
    endReadSession: () => client.json<void>('DELETE', '/sessions/read', undefined),
    setPassword: (request: { replica: string; auth: string | null; new_auth: string; kdf: ConfirmRequest['kdf'] }) => client.json<{ share: string }>('POST', '/vault/password', request, 'read'),
    wipeOrder: (replica: string) => client.json<{ order: Envelope | null; handovers?: Envelope[] }>('GET', `/wipe-order?replica=${replica}`),
    /** Records that nobody opened again, before their vault is wiped (W-10). */
    left: (request: { replica: string; items: { id: string; sealed: string }[] }) => client.json<{ codes: string[] }>('POST', '/left-records', request),
    wiped: (request: { replica: string; last: boolean }) => client.json<void>('POST', '/wipe-order/done', request),
    share: (replica: string, auth: string) => client.json<{ share: string }>('POST', '/vault/share', { replica, auth }),
    /** `unsent`: what the phone still holds back and which build it runs, for the deputy's list of devices. */
    async sync(request: SyncRequest, unsent: { count: number; since: number | null; software?: string }): Promise<SyncAnswer> {
      const headers: Record<string, string> = { 'Yihu-Unsent': String(unsent.count), ...(unsent.software ? { 'Yihu-App': unsent.software } : {}) }
      if (unsent.since !== null) headers['Yihu-Unsent-Since'] = String(unsent.since)
      const answer = await client.call({ method: 'POST', path: '/sync', json: request, session: 'read', headers, timeoutMs: 60_000 })
      return sound('SyncAnswer', await answer.json<SyncAnswer>())
    },
    witness: (request: WitnessRequest) => client.json<WitnessAnswer>('POST', '/log/witness', request, 'read', 60_000).then((answer) => sound('WitnessAnswer', answer)),
    giveBack: (items: { envelope: Envelope; verdict: Envelope }[]) => client.json<ReturnAnswer>('POST', '/log/return', { items }, 'read', 60_000).then((answer) => sound('ReturnAnswer', answer)),
    have: (request: HaveRequest) => client.json<HaveAnswer>('POST', '/have', request, 'read', 60_000).then((answer) => sound('HaveAnswer', answer)),
    sealed: (items: SealedItem[]) => client.json<SealedAnswer>('POST', '/sealed', { items }, 'upload', 60_000).then((answer) => sound('SealedAnswer', answer)),
    /** A bundle as bytes: what it held arrived or not, and the receipts to carry back (PROTOCOL B-6). */
    async handIn(bundle: Uint8Array): Promise<HandedIn> {
      const headers = { 'Content-Type': 'application/vnd.yihu.bundle' }
      return (await client.call({ method: 'POST', path: '/bundles', session: 'upload', body: bundle, headers, timeoutMs: 60_000 })).json<HandedIn>()
    },
    /** The receipts of a bundle that this device handed in, as they are now; null while there are none. */
    async receipts(bundle: string): Promise<Uint8Array | null> {
      const answer = await client.call({ method: 'GET', path: `/bundles/${bundle}/receipts`, session: 'upload', headers: { Accept: '*/*' } })
      return answer.status === 204 ? null : answer.bytes()
    },
    async policy(tag: string | null): Promise<{ envelope: Envelope; tag: string | null } | null> {
      const answer = await client.call({ method: 'GET', path: '/policy', session: 'read', headers: tag ? { 'If-None-Match': tag } : {} })
      return answer.status === 304 ? null : { envelope: await answer.json<Envelope>(), tag: answer.headers.get('ETag') }
    },
    /** Bytes of a pack from `offset`, at most `length`. */
    async packPart(id: string, offset: number, length: number): Promise<Uint8Array> {
      const headers = { Range: `bytes=${offset}-${offset + length - 1}`, Accept: '*/*' }
      const answer = await client.call({ method: 'GET', path: `/packs/${encodeURIComponent(id)}`, session: 'read', headers, timeoutMs: 60_000 })
      const bytes = await answer.bytes()
      return answer.status === 206 ? bytes : bytes.slice(offset, offset + length)
    },
    /** The bytes, and the server's word on what they were drawn from. */
    async attachment(file: string, sha256: string): Promise<{ bytes: Uint8Array; rendering: string | null }> {
      const answer = await client.call({ method: 'GET', path: `/attachments/${file}/${sha256}`, session: 'read', headers: { Accept: '*/*' }, timeoutMs: 60_000 })
      return { bytes: await answer.bytes(), rendering: answer.headers.get('Yihu-Rendering') }
    },
  }
}

export type Calls = ReturnType<typeof calls>
