/** Where the cases of a station stand and which have stood there too long, from the lines in memory: works offline, opens no file. Pure. */
import type { HouseholdSummary } from '../../device'
import { daysBetween } from '../../i18n/dates'

export interface Standing { household: HouseholdSummary; step: string; days: number; allowed: number; over: number }
export interface StepCount { step: string; count: number; stuck: number; median: number }

/** Cases under way, the longest over its time first. */
export function listStanding(households: readonly HouseholdSummary[], today: string): Standing[] {
  return households
    .filter((household) => household.step)
    .map((household) => {
      const { id, since, days: allowed } = household.step!
      const days = Math.max(0, daysBetween(since, today))
      return { household, step: id, days, allowed, over: days - allowed }
    })
    .sort((a, b) => b.over - a.over || (a.household.headName < b.household.headName ? -1 : 1))
}

/** For each step of the process, in its order: how many stand there, how many too long, the days of the one in the middle. */
export function countSteps(standing: readonly Standing[], steps: readonly string[]): StepCount[] {
  return steps.map((step) => {
    const days = standing.filter((one) => one.step === step).map((one) => one.days).sort((a, b) => a - b)
    const stuck = standing.filter((one) => one.step === step && one.over > 0).length
    return { step, count: days.length, stuck, median: days[Math.floor(days.length / 2)] ?? 0 }
  })
}
