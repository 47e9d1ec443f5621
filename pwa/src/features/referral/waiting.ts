import type { Device, HouseholdSummary } from '../../device'
import type { OpenReferral } from '../../records/open'
import { received, type Incoming } from './received'

export interface WaitingReferral { household: HouseholdSummary; referral: OpenReferral; isForMe: boolean }

/** What waits for approval stands among the reviews; from then on until the first contact it stands here. */
export function waitingReferrals(device: Pick<Device, 'households' | 'me'>): WaitingReferral[] {
  const found: WaitingReferral[] = []
  for (const household of device.households) {
    for (const referral of household.referrals ?? []) {
      const isForMe = referral.receiver === device.me?.personId && referral.stage !== 'approved'
      if (referral.stage !== 'applied') found.push({ household, referral, isForMe })
    }
  }
  return found.sort((a, b) => Number(b.isForMe) - Number(a.isForMe) || ((a.referral.on ?? '') < (b.referral.on ?? '') ? -1 : 1))
}

export const openParcels = (): Incoming[] => received.value.filter((one) => one.state === 'sent' || one.state === 'accepted')
