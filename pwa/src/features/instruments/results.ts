/** Results of a file by instrument and person, the oldest first, as a plot and a row want them; and what keeping a new one writes. Pure. */
import type { FileView } from '../../device'
import { consequences } from '../../records/consequences'
import { scoreInstrument, scoreMax, type FormOperation, type Instrument } from '../../records/forms'
import { readElements, shownValue, text } from '../../records/people'
import type { Locale } from '../../records/shapes'

export interface Point { label: string; value: number; word: string }
export interface Series { key: string; member: string; points: Point[]; max: number; lastOn: string; lastBand: string }

/** `sayDay` says a day as the screen does. Results without a score (not everything answered) are rows, never points. */
export function listSeries(view: FileView, instrument: Instrument, locale: Locale, sayDay: (day: string) => string): Series[] {
  const series: Record<string, Series> = {}
  const results = readElements(view.state, 'instrument_results').filter((one) => one['instrument'] === instrument.id)
  const bandOf = (code: unknown) => instrument.bands.find((band) => band.code === code)?.label[locale] ?? ''
  for (const one of results.sort((a, b) => (text(a['done_on']) < text(b['done_on']) ? -1 : 1))) {
    const member = text(one['member'])
    const own = (series[member] ??= { key: instrument.id + member, member, points: [], max: scoreMax(instrument), lastOn: '', lastBand: '' })
    own.lastOn = text(one['done_on'])
    own.lastBand = bandOf(one['band'])
    if (typeof one['score'] === 'number') own.points.push({ label: sayDay(own.lastOn), value: one['score'], word: `${one['score']} ${own.lastBand}`.trim() })
  }
  return Object.keys(series).map((member) => series[member] as Series)
}

export interface Answered { id: string; instrument: Instrument; member: string | null; answers: Record<string, string>; source: string; note: string; today: string; me: string }

/** The result with all its answers; where it grades the household's risk, the review that proposes the new level stands beside it. */
export function resultOperations(view: FileView, done: Answered, newId: () => string): FormOperation[] {
  const { instrument } = done
  const { score, band } = scoreInstrument(instrument, done.answers)
  const value: Record<string, string | number | Record<string, string> | null> = { instrument: instrument.id, instrument_version: instrument.version, done_on: done.today, answers: done.answers, score, band, source: done.source, worker: done.me }
  if (done.member) value['member'] = done.member
  if (done.note.trim()) value['note'] = done.note.trim().normalize('NFC')
  const operations: FormOperation[] = [{ op: 'append', path: 'instrument_results', id: done.id, value }]
  const before = text(shownValue(view.state, 'risk_level')) || null
  if (instrument.grades !== 'risk_level' || !band || band === before) return operations
  const review: Record<string, string | null> = { reviewed_on: done.today, level: band, level_before: before, reason: done.note.trim().normalize('NFC') || instrument.label['zh-CN'], instrument_result: done.id, proposed_by: done.me, ...(done.member ? { member: done.member } : {}) }
  operations.push({ op: 'append', path: 'risk_reviews', id: newId(), value: review })
  return operations.concat(consequences('risk_review', view.state, review, done.today))
}
