/** What of the station's own rules holds on a day. Apart from `local.ts`, which the first screen needs. */
import { localRules, localWarnings, type County, type LocalVisits, type Warning } from './local'

function holdsOn(one: { valid_from: string; valid_to?: string } | undefined, today: string): boolean {
  return one !== undefined && one.valid_from <= today && (!one.valid_to || today <= one.valid_to)
}

/** The county's figures that hold on a day; null: none were put in, or they ran out. */
export function countyOn(today: string): County | null {
  return holdsOn(localRules().county, today) ? (localRules().county as County) : null
}

export function localVisitsOn(today: string): LocalVisits | null {
  return holdsOn(localRules().visits, today) ? (localRules().visits as LocalVisits) : null
}

/** Those that have not passed. */
export function warningsOn(today: string): Warning[] {
  return localWarnings().filter((one) => one.until >= today)
}
