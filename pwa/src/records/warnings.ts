/** How far the visits are that a warning for whole villages asks for. Pure; who is due by it stands in the lines of the list. */
import type { Warning } from './local'
import { homeOf } from './summary'

interface Line { villageId: string | null; nextVisitOn: string | null; lastVisitOn: string | null; homeOn?: string }

/** Of the households of its villages whose files are open (a closed one has no next visit): all, and those somebody was at since. */
export function reached(warning: Pick<Warning, 'on' | 'villages'>, households: readonly Line[]): { all: number; done: number } {
  const within = households.filter((one) => one.nextVisitOn !== null && warning.villages.indexOf(one.villageId ?? '') >= 0)
  return { all: within.length, done: within.filter((one) => (homeOf(one) ?? '') >= warning.on).length }
}
