/** Referrals that wait: for whoever is to take over, for whoever sent one until the family was met, and those of other stations. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'
import { hearOfReceived } from './received'
import { openParcels, waitingReferrals } from './waiting'

const tray: Tray = {
  key: 'referral',
  title: () => t('referral.tray'),
  count: (phone) => {
    const device = phone as Device
    hearOfReceived(device)
    return waitingReferrals(device).length + openParcels().length
  },
  card: TrayCard,
}
export default tray
