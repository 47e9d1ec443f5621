/**
 * What a revoked phone sends besides its unsent saves: it has no read session, so it cannot hear that the server was put back to
 * an older copy. Own saves that no backup holds yet go up sealed once more, each with the verdict that it was given (M-5d).
 */
import { gzip } from '../api'
import type { Envelope } from '../sync/change'
import { toBase64url, fromBase64url } from '../sync/signatures'
import { OUTBOX_INFO, sealTo, type OpenVault } from '../vault'
import { readStored } from './file-state'
import type { Phone } from './phone'

const ITEMS = 50

interface AtRisk { id: string; envelope: Envelope; verdict: Envelope; position: number }

export async function sendAtRisk(phone: Phone, vault: OpenVault): Promise<void> {
  const due = await listAtRisk(phone, vault)
  const key = fromBase64url(phone.mustPolicy().sealing_key)
  for (let start = 0; start < due.length; start += ITEMS) {
    const items = due.slice(start, start + ITEMS).map(async ({ id, envelope, verdict }) => {
      const certificate = vault.secrets?.replicas[replicaOf(envelope)]
      const plain = JSON.stringify({ certificates: certificate ? [certificate] : [], envelope, verdict })
      return { id, sealed: toBase64url(await sealTo(key, await gzip(new TextEncoder().encode(plain)), OUTBOX_INFO)) }
    })
    await phone.calls.sealed(await Promise.all(items))
  }
}

async function listAtRisk(phone: Phone, vault: OpenVault): Promise<AtRisk[]> {
  const { backed_up: backedUp } = await vault.readSync()
  const found: AtRisk[] = []
  for (const file of await vault.listFiles()) {
    const body = (await vault.readFile(file).catch(() => null))?.body // what does not verify says nothing
    for (const { id, change, envelope, verdict, verdictEnvelope } of body ? readStored(body) : []) {
      const isSafe = !verdict || verdict.position <= (backedUp ?? 0)
      if (!isSafe && verdictEnvelope && phone.replicas.has(change.replica)) found.push({ id, envelope, verdict: verdictEnvelope, position: verdict.position })
    }
  }
  return found.sort((a, b) => a.position - b.position)
}

function replicaOf(envelope: Envelope): string {
  return (JSON.parse(envelope.body) as { replica: string }).replica
}
