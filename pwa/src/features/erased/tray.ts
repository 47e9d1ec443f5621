/** Households that two people had erased from this phone: said once to whoever held them, and put away by them. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'

const tray: Tray = { key: 'erased', title: () => t('erased.tray'), count: (phone) => (phone as Device).sync.erased ?? 0, card: TrayCard }
export default tray
