/** The station's signed policy: who one is, whom one works with, which villages, which keys to believe and to seal to. */
import { parseCanonical } from '../sync/canonical'
import type { Envelope } from '../sync/change'
import { importPublicKey, openSigned } from '../sync/signatures'
import type { Duty, Me, Village } from './contract'
import { DeviceError } from './errors'

interface PolicyPerson {
  person_id: string
  name: string
  duties: { duty: Duty; scopes: string[] }[]
}

export interface Policy {
  deployment: string
  station: { id: string; name: string }
  epoch: number
  me: PolicyPerson
  people: PolicyPerson[]
  scopes: { id: string; name: string }[]
  villages: Village[]
  verdict_key: string
  sealing_key: string
  schema_versions: Record<string, number>
  route: { households_max: number; hours: number }
  lease_days: number
}

/** A policy as it lies in the vault: checked when it came in. */
export function readPolicy(envelope: Envelope): Policy {
  return JSON.parse(envelope.body) as Policy
}

/** The first policy of an installation is believed over the enrolment's connection; it must be signed by the key it names. */
export async function takeFirstPolicy(envelope: Envelope, deployment: string): Promise<Policy> {
  const claimed = parseCanonical(envelope.body) as unknown as Policy
  return check(envelope, claimed.verdict_key, deployment)
}

/** A later one must be signed by the key that is known, and be no older. */
export async function takeNextPolicy(envelope: Envelope, known: Policy): Promise<Policy> {
  const policy = await check(envelope, known.verdict_key, known.deployment)
  if (policy.epoch < known.epoch || policy.me.person_id !== known.me.person_id) throw new DeviceError('downgrade', 'policy')
  return policy
}

async function check(envelope: Envelope, key: string, deployment: string): Promise<Policy> {
  const body = (await openSigned(envelope, await importPublicKey(key), 'policy', deployment)) as unknown as Policy
  if (!body.me?.person_id || !Array.isArray(body.people) || !body.sealing_key || !body.station?.id) throw new DeviceError('invalid', 'policy')
  return body
}

export function meOf(policy: Policy): Me {
  const scopes = new Set(policy.me.duties.flatMap((duty) => duty.scopes))
  return {
    personId: policy.me.person_id,
    name: policy.me.name,
    duties: policy.me.duties.map((duty) => duty.duty),
    stationId: policy.station.id,
    stationName: policy.station.name,
    scopes: [...scopes],
  }
}

export function namesOf(policy: Policy): Record<string, string> {
  return Object.fromEntries([policy.me, ...policy.people].map((person) => [person.person_id, person.name]))
}
