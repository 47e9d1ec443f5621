/** What waits for a deputy, read from the server and believed only as signed; and words of others entered again as her own. */
import type { Envelope, Operation } from '../sync/change'
import type { OpenedWaiting, WaitingFacts } from './contract'
import { DeviceError } from './errors'
import { historyEntry, readStored, viewOf } from './file-state'
import { othersOf } from './merged'
import type { Phone } from './phone'
import { openFile, partsOf, save } from './saving'
import { Verifier } from './taking-in'

interface Look extends Omit<WaitingFacts, 'waitsFor' | 'ifAccepted' | 'askedAt'> {
  envelope: Envelope
  verdict: Envelope
  waits_for: { replica: string; seq: number; person_id: string | null }[]
  if_accepted: { status: string; reasons: { code: string; path?: string; say?: string }[]; conflicts: string[] } | null
  asked_at: number | null
}

/** The change as its author signed it, beside the file as this phone shows it; null where the phone does not have the file. */
export async function openWaiting(phone: Phone, changeId: string): Promise<OpenedWaiting> {
  const vault = phone.mustMain()
  const look = await phone.client.json<Look>('GET', `/review/${changeId}`, undefined, 'read')
  const policy = phone.mustPolicy()
  const verifier = new Verifier(policy)
  const read = await verifier.change(look.envelope, look.verdict)
  if (!read || read.verdict.change !== changeId) throw new DeviceError('bad_signature', 'what waits')
  const readers = await phone.readers()
  const stored = await vault.readFile(read.change.file).catch(() => null)
  const view = stored && phone.rules[stored.body.kind] ? viewOf(phone.rulesOf(stored.body.kind), stored.body, readers, await othersOf(vault, stored.body)) : null
  const entry = historyEntry({ id: changeId, change: read.change, verdict: read.verdict, envelope: look.envelope, verdictEnvelope: look.verdict }, readers)
  const again = stored ? readStored(stored.body).find((known) => known.change.reissues === changeId && phone.replicas.has(known.change.replica)) : undefined
  return {
    entry, view, fileId: read.change.file, kind: read.change.kind, scope: look.scope, why: look.why, status: look.status, note: look.note, askedAt: look.asked_at,
    reissuedAs: again?.id ?? null,
    waitsFor: look.waits_for.map((one) => ({ replica: one.replica, seq: one.seq, personName: (one.person_id && phone.state.people[one.person_id]) || '', own: false })),
    ifAccepted: look.if_accepted,
  } // prettier-ignore
}

/** A deputy's own save of words that can never be accepted as they stand; `syncing` sends it before its verdict is asked. */
export async function reissue(phone: Phone, changeId: string, ops: Operation[], reason: string, syncing: () => Promise<void>): Promise<void> {
  const waiting = await openWaiting(phone, changeId)
  let again = waiting.reissuedAs
  if (!again) {
    const view = await openFile(phone, waiting.fileId)
    again = await save(phone, partsOf(view, ops, { reissues: changeId, ...(reason ? { reason } : {}) }))
  }
  await syncing()
  const row = await phone.mustDatabase().get('outbox', again)
  if (row && row.fate !== 'accepted') throw new DeviceError(row.fate === 'unsent' ? 'offline' : 'reissue_refused', row.fate)
  await phone.client.json('POST', `/review/${changeId}`, { decision: 'reissued', instead: again, ...(reason ? { reason } : {}) }, 'read')
}
