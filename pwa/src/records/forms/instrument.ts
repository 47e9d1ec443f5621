/** Scoring an instrument by its data; mirror of schemas/instruments `score`, held to it by tests/vectors/instruments.json. */
import { holds } from './expression'
import type { Instrument, Item, Option } from './shapes'

/** `score` and `band` stay null until every item is answered; `alerts` are the cards to open now, whatever the total. */
export interface Score { score: number | null; band: string | null; missing: string[]; alerts: string[] }

/** The item's options with the scores that count for it. */
export function optionsOf(instrument: Instrument, item: Item): Option[] {
  return (item.options ?? instrument.options).map((option) => ({ ...option, score: item.scores?.[option.code] ?? option.score }))
}

/** Score answers (item id -> option code). An answer outside the options counts as not given. */
export function scoreInstrument(instrument: Instrument, answers: { [item: string]: unknown }): Score {
  const scores: { [item: string]: number } = {}
  for (const item of instrument.items) {
    const chosen = optionsOf(instrument, item).find((option) => option.code === answers[item.id])
    if (chosen) scores[item.id] = chosen.score
  }
  const missing = instrument.items.map((item) => item.id).filter((id) => scores[id] === undefined)
  const total = missing.length ? null : Object.keys(scores).reduce((sum, id) => sum + (scores[id] as number), 0)
  const band = total === null ? undefined : instrument.bands.find((one) => one.from <= total && total <= one.to)
  const alerts = (instrument.alerts ?? []).filter((alert) => holds(alert.when, scores)).map((alert) => alert.card)
  return { score: total, band: band ? band.code : null, missing, alerts }
}
