/** What features add to the list of things that wait, in the order in which they are shown; each is fetched with its words when the list opens. */
import { loadWords } from '../i18n'
import type { Tray, TrayLoader } from '../ui/trays'

const trays = import.meta.glob<{ default: Tray }>('../features/*/tray.ts')
const ORDER = ['danger', 'referral', 'alarms', 'merge', 'erased', 'left']

export const TRAYS: TrayLoader[] = ORDER.map((feature) => async () => {
  const load = trays[`../features/${feature}/tray.ts`]
  if (!load) throw new Error(`no tray ${feature}`)
  const [tray] = await Promise.all([load(), loadWords(feature)])
  return tray.default
})
