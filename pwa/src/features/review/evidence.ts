/** What lies beside an assessment while it is reviewed: the scores of its instruments over time, and its photos. */
import type { FoldedFile } from '../../sync/fold'
import type { Json } from '../../sync/canonical'

export interface Score { on: string; score: number; band: string | null }
/** All results of one instrument for one member, oldest first. */
export interface Trend { instrument: string; member: string | null; scores: Score[] }
export interface Photo { element: string; sha256: string; thumb: string; caption: string | null; at: number }

export function readTrends(state: FoldedFile): Trend[] {
  const trends: Record<string, Trend> = {}
  for (const element of elementsOf(state, 'instrument_results')) {
    const read = (field: string): Json | undefined => state.paths[`${element}/${field}`]?.value
    const instrument = read('instrument')
    const score = read('score')
    if (typeof instrument !== 'string' || typeof score !== 'number') continue
    const member = read('member')
    const band = read('band')
    const key = `${instrument}\n${String(member ?? '')}`
    const trend = trends[key] ?? { instrument, member: typeof member === 'string' ? `members/${member}` : null, scores: [] }
    trend.scores.push({ on: String(read('done_on') ?? ''), score, band: typeof band === 'string' ? band : null })
    trends[key] = trend
  }
  const all = Object.keys(trends).map(key => trends[key] as Trend)
  for (const trend of all) trend.scores.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  return all
}

/** Newest first. */
export function readPhotos(state: FoldedFile): Photo[] {
  const photos: Photo[] = []
  for (const element of elementsOf(state, 'attachments')) {
    const sha256 = state.paths[`${element}/sha256`]?.value
    const media = state.paths[`${element}/media_type`]?.value
    if (typeof sha256 !== 'string' || (typeof media === 'string' && media.indexOf('image/') !== 0)) continue
    const caption = state.paths[`${element}/caption`]?.value
    const thumb = state.paths[`${element}/thumb`]?.value
    photos.push({ element, sha256, thumb: typeof thumb === 'string' ? thumb : sha256, caption: typeof caption === 'string' ? caption : null, at: state.paths[`${element}/sha256`]?.values[0]?.at ?? 0 })
  }
  return photos.sort((a, b) => b.at - a.at)
}

function elementsOf(state: FoldedFile, collection: string): string[] {
  return Object.keys(state.elements).filter(element => state.elements[element]?.collection === collection && !state.elements[element]?.voided)
}
