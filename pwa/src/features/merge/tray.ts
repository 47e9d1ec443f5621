/** What waits for a deputy beside conflicts of single fields: facts that cannot all be true, and one person in two files. */
import type { Device } from '../../device'
import { t } from '../../i18n'
import type { Tray } from '../../ui/trays'
import TrayCard from './TrayCard.vue'
import { elsewhere } from './elsewhere'

const DECIDES = ['deputy', 'head']

const tray: Tray = {
  key: 'facts',
  title: () => t('merge.tray'),
  count: (phone) => {
    const device = phone as Device
    if (!device.me?.duties.some((duty) => DECIDES.indexOf(duty) >= 0)) return 0
    const inside = device.households.reduce((sum, household) => sum + (household.semantic?.open ?? 0), 0)
    return inside + device.samePersons.filter((pair) => !pair.settled).length + elsewhere(device).length
  },
  card: TrayCard,
}
export default tray
