/** Alarms and grants that wait for a deputy or head. The count is from what was last heard; hearing goes on behind it while there is a network. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'
import { fetchAlarms, knownAlarms, unseen } from './api'
import { fetchWaiting, waitingGrants } from './grants'

const AGAIN_MS = 20_000
let askedAt = 0

const tray: Tray = {
  key: 'alarms',
  title: () => t('alarms.tray'),
  count: (phone) => {
    const device = phone as Device
    if (device.mode !== 'main' || !device.me?.duties.some((duty) => duty !== 'worker')) return 0
    if (device.sync.online && Date.now() - askedAt > AGAIN_MS) {
      askedAt = Date.now()
      setTimeout(() => void Promise.all([fetchAlarms(device), fetchWaiting(device)]).catch(() => undefined), 0)
    }
    return unseen(knownAlarms(device)).length + waitingGrants(device)
  },
  card: TrayCard,
}
export default tray
