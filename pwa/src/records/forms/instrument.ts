/** Scoring an instrument by its data; mirror of schemas/instruments/scoring.py, held to it by tests/vectors/instruments.json. */
import { holds } from './expression'
import type { Instrument, Item, Option } from './shapes'

/**
 * `score` and `band` stay null until every item is answered. `alerts` are the cards to open now, `warned` the numbers of the alerts that
 * hold; `lifted`: numbers of the lifts that changed the band; `parts`: subtotals of the parts that are whole.
 */
export interface Score {
  score: number | null
  band: string | null
  missing: string[]
  alerts: string[]
  warned: number[]
  lifted: number[]
  parts: { [part: string]: number }
}
interface Scores { [item: string]: number }

/** The item's options with the scores that count for it. */
export function optionsOf(instrument: Instrument, item: Item): Option[] {
  return (item.options ?? instrument.options).map((option) => ({ ...option, score: item.scores?.[option.code] ?? option.score }))
}

/** Score answers (item id -> option code). An answer outside the options counts as not given. */
export function scoreInstrument(instrument: Instrument, answers: { [item: string]: unknown }): Score {
  const scores: Scores = {}
  for (const item of instrument.items) {
    const chosen = optionsOf(instrument, item).find((option) => option.code === answers[item.id])
    if (chosen) scores[item.id] = chosen.score
  }
  const missing = instrument.items.map((item) => item.id).filter((id) => scores[id] === undefined)
  const total = missing.length ? null : sum(instrument.items, scores)
  const { band, lifted } = total === null ? { band: null, lifted: [] } : grade(instrument, total, scores)
  const held = (instrument.alerts ?? []).map((alert, number) => ({ alert, number })).filter(({ alert }) => holds(alert.when, scores))
  const cards = held.map(({ alert }) => alert.card as string)
  const alerts = cards.filter((card, place) => cards.indexOf(card) === place)
  return { score: total, band, missing, alerts, warned: held.map(({ number }) => number), lifted, parts: subtotals(instrument, scores) }
}

/** The band of a whole result, and the lifts that made it heavier: first all that name a band, then all that go up by some. */
function grade(instrument: Instrument, total: number, scores: Scores): { band: string | null; lifted: number[] } {
  const order = instrument.bands.map((band) => band.code)
  let place = instrument.bands.findIndex((band) => band.from !== undefined && band.from <= total && total <= (band.to ?? 0))
  const lifted: number[] = []
  const held = (instrument.lifts ?? []).map((lift, number) => ({ lift, number })).filter(({ lift }) => holds(lift.when, { ...scores, score: total }))
  for (const { lift, number } of held.filter((one) => one.lift.to).concat(held.filter((one) => !one.lift.to))) {
    const higher = lift.to ? Math.max(place, order.indexOf(lift.to)) : Math.min(order.length - 1, place + (lift.by ?? 0))
    if (higher > place) lifted.push(number)
    place = higher
  }
  return { band: order[place] ?? null, lifted: lifted.sort((a, b) => a - b) }
}

function subtotals(instrument: Instrument, scores: Scores): { [part: string]: number } {
  const found: { [part: string]: number } = {}
  for (const part of instrument.parts ?? []) {
    const items = instrument.items.filter((item) => item.part === part.id && item.scored !== false)
    if (items.length && items.every((item) => scores[item.id] !== undefined)) found[part.id] = sum(items, scores)
  }
  return found
}

function sum(items: Item[], scores: Scores): number {
  return items.reduce((all, item) => all + (item.scored === false ? 0 : (scores[item.id] as number)), 0)
}
