/** Whether a policy may be believed: signed by the key that this phone knows, for this person, and no older than the last. */
import { parseCanonical } from '../sync/canonical'
import type { Envelope } from '../sync/change'
import { followHandovers } from '../sync/handover'
import { importPublicKey, openSigned } from '../sync/signatures'
import { DeviceError } from './errors'
import type { Policy } from './policy'

/** The first policy of an installation is believed over the enrolment's connection; it must be signed by the key it names. */
export async function takeFirstPolicy(envelope: Envelope, deployment: string): Promise<Policy> {
  const claimed = parseCanonical(envelope.body) as unknown as Policy
  return check(envelope, claimed.verdict_key, deployment)
}

/** A later one must be signed by the key that is known, or by the one that it was handed over to, and be no older. */
export async function takeNextPolicy(envelope: Envelope, known: Policy): Promise<Policy> {
  const claimed = parseCanonical(envelope.body) as unknown as Policy
  const key = await followHandovers(known.verdict_key, known.deployment, known.station.id, claimed.handovers ?? [])
  const policy = await check(envelope, key, known.deployment)
  if (policy.epoch < known.epoch || policy.me.person_id !== known.me.person_id) throw new DeviceError('downgrade', 'policy')
  return policy
}

async function check(envelope: Envelope, key: string, deployment: string): Promise<Policy> {
  const body = (await openSigned(envelope, await importPublicKey(key), 'policy', deployment)) as unknown as Policy
  if (!body.me?.person_id || !Array.isArray(body.people) || !body.sealing_key || !body.station?.id) throw new DeviceError('invalid', 'policy')
  return body
}
