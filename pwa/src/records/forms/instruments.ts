/** The shipped instruments and, beside them, those of the station; one lazy chunk, loaded by the screens that ask or show them. */
import data from '../generated/instruments.json'
import { localRules } from '../local'
import type { Instrument } from './shapes'

const KNOWN = data as unknown as { [id: string]: Instrument }

/** An instrument by id; throws for one that this app does not know. */
export function getInstrument(id: string): Instrument {
  const found = findInstrument(id)
  if (!found) throw new Error(`unknown instrument ${id}`)
  return found
}

/** null: it came from a newer app. One that the station withdrew is still read, so that its results stay readable. */
export function findInstrument(id: string): Instrument | null {
  if (Object.prototype.hasOwnProperty.call(KNOWN, id)) return KNOWN[id] as Instrument
  return (localRules().instruments ?? []).find((one) => one.id === id) ?? null
}

/** Those that may be asked: the shipped ones, then the station's own without the withdrawn. */
export function listInstruments(): Instrument[] {
  const own = (localRules().instruments ?? []).filter((one) => !one.withdrawn)
  return Object.keys(KNOWN).map((id) => KNOWN[id] as Instrument).concat(own)
}

/** Withdrawn by the station: read, never asked again. */
export function isWithdrawn(instrument: Instrument): boolean {
  return (localRules().instruments ?? []).some((one) => one.id === instrument.id && one.withdrawn === true)
}

/** May it be asked of somebody of this age? Where the age is not known, it may. */
export function fitsAge(instrument: Instrument, age: number | null): boolean {
  return age === null || (age >= (instrument.min_age ?? 0) && age <= (instrument.max_age ?? 200))
}

/** The greatest total that can be reached: the height of a plot. */
export function scoreMax(instrument: Instrument): number {
  const best = (options: { score: number }[]) => options.reduce((max, option) => Math.max(max, option.score), 0)
  return instrument.items.filter((item) => item.scored !== false).reduce((sum, item) => sum + best(item.options ?? instrument.options), 0)
}
