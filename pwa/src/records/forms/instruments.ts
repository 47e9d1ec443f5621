/** The shipped instruments and, beside them, those of the station; one lazy chunk, loaded by the screens that ask or show them. */
import data from '../generated/instruments.json'
import type { Instrument } from './shapes'

const KNOWN = data as unknown as { [id: string]: Instrument }

/** An instrument by id; throws for one that this app does not know. */
export function getInstrument(id: string): Instrument {
  const found = findInstrument(id)
  if (!found) throw new Error(`unknown instrument ${id}`)
  return found
}

/** null: it came from a newer app, or from a station that took it away again. */
export function findInstrument(id: string): Instrument | null {
  return Object.prototype.hasOwnProperty.call(KNOWN, id) ? (KNOWN[id] as Instrument) : null
}

export function listInstruments(): Instrument[] {
  return Object.keys(KNOWN).map((id) => KNOWN[id] as Instrument)
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
