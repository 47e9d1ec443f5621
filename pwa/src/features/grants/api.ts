/** Leave for minors' files: asked on the phone, decided by whoever answers for the patch. */
import type { Device, Grant } from '../../device'

export const listGrants = async (device: Device): Promise<Grant[]> => (await device.call<{ grants: Grant[] }>('GET', '/grants')).grants
export const askGrant = (device: Device, wanted: { file?: string; scope?: string; reason: string; until_at: number }): Promise<Grant> => device.call('POST', '/grants', wanted)
export const decideGrant = (device: Device, grant: string, decision: 'approve' | 'decline'): Promise<Grant> => device.call('POST', `/grants/${grant}`, { decision })

/** How a grant stands at an instant: one that was approved is over after its end. */
export function standingOf(grant: Grant, now: number): 'asked' | 'in_force' | 'over' | 'declined' | 'ended' {
  if (grant.state === 'approved') return grant.until_at > now ? 'in_force' : 'over'
  return grant.state === 'asked' && grant.until_at <= now ? 'over' : grant.state
}

/** The end of a day on this phone: leave "until 20 November" holds that day. */
export function endOfDay(on: string): number {
  const [year, month, day] = on.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, day + 1).getTime() - 1000
}

/** What waits for this person's decision; never their own. */
export const waitingFor = (grants: readonly Grant[], person: string | undefined, now: number): Grant[] => grants.filter((one) => standingOf(one, now) === 'asked' && one.person_id !== person)
