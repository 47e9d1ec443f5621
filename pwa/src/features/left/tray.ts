/** Records that came up from phones before they were wiped wait for a deputy or head. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'
import { fetchLeft, knownLeft } from './left'

const tray: Tray = {
  key: 'left',
  title: () => t('left.tray'),
  count: (phone) => {
    const device = phone as Device
    setTimeout(() => void fetchLeft(device, Date.now()).catch(() => undefined), 0)
    return knownLeft(device).length
  },
  card: TrayCard,
}
export default tray
