/** Crises in the list of what waits: for who raised one until it is written up, for who is in charge until it is seen. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'
import { waitingOf } from './waiting'

const tray: Tray = {
  key: 'danger',
  title: () => t('danger.tray'),
  count: (phone) => waitingOf(phone as Device).length,
  card: TrayCard,
}
export default tray
