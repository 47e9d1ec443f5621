/** The station's signed policy: who one is, whom one works with, which villages, which keys to believe and to seal to. */
import type { Envelope } from '../sync/change'
import type { LocalRules, Warning } from '../records/local'
import type { Duty, Me, Patch, Village } from './contract'

interface PolicyPerson {
  person_id: string
  name: string
  duties: { duty: Duty; scopes: string[] }[]
}

/** A drawer beside the patch `of`; `reads`: oneself. */
export interface Drawer { id: string; of: string; reads: boolean; readers: string[] }

/** Which rules on passwords the station goes by; 0: not asked. The rest of a profile is the server's to enforce. */
export interface Profile {
  name: string
  password_length_min: number
  password_classes_min: number
  refuse_common: number
  kept_former: number
}

export interface Policy {
  deployment: string
  station: { id: string; name: string }
  epoch: number
  me: PolicyPerson
  people: PolicyPerson[]
  scopes: { id: string; name: string }[]
  patches?: { id: string; name: string }[] // every patch of the station; absent from an older server
  villages: Village[]
  verdict_key: string
  sealing_key: string
  drawers?: Drawer[] // beside one's patches, and where one was named
  handovers?: Envelope[] // how the keys came to be these; absent while they are the first
  schema_versions: Record<string, number>
  route: { households_max: number; hours: number }
  lease_days: number
  profile?: Profile
  local?: LocalRules // what the station set for itself
  warnings?: Warning[] // for whole villages, with one's own of them
}

/** A policy as it lies in the vault: checked when it came in. */
export function readPolicy(envelope: Envelope): Policy {
  return JSON.parse(envelope.body) as Policy
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

export function patchesOf(policy: Policy): Patch[] {
  const people = [policy.me, ...policy.people.filter((person) => person.person_id !== policy.me.person_id)]
  return (policy.patches ?? policy.scopes).map((scope) => ({
    id: scope.id,
    name: scope.name,
    villages: policy.villages.filter((village) => village.scope === scope.id).map((village) => village.name),
    people: people.flatMap((person) =>
      person.duties.filter((held) => held.scopes.includes(scope.id)).map((held) => ({ personId: person.person_id, name: person.name, duty: held.duty })),
    ),
  }))
}

export function namesOf(policy: Policy): Record<string, string> {
  return Object.fromEntries([policy.me, ...policy.people].map((person) => [person.person_id, person.name]))
}
