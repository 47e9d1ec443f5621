/** What the assessment page makes of form, file and draft: tiers, last time, remarks, operations. Pure. */
import type { FileView } from '../../device'
import { operationsForNew, relevantValues, type CardState, type FormDescription, type FormOperation, type FormValues } from '../../records/forms'
import { listElements, shownValue, shownValues, text } from '../../records/people'
import { editOperations, tidy } from '../../records/screen'

export interface InstrumentDraft { id: string; value: FormValues & { instrument: string; member: string; band: string | null; score: number | null } }
/** `typed` holds only what was touched, so that a draft taken up later never writes back an old value. */
export interface AssessmentDraft { id: string; typed: FormValues; results: InstrumentDraft[] }

export type Tier = 'material' | 'mental' | 'social'

/** Cards in runs: those of one tier together under its heading, the others alone. */
export function runs(cards: readonly CardState[]): { tier: Tier | null; cards: CardState[] }[] {
  const found: { tier: Tier | null; cards: CardState[] }[] = []
  for (const card of cards) {
    const tier = (card.card.tier as Tier | undefined) ?? null
    const last = found[found.length - 1]
    if (last && last.tier === tier && tier) last.cards.push(card)
    else found.push({ tier, cards: [card] })
  }
  return found
}

/** The assessment before this one: the latest by its date that is neither this nor struck out. */
export function lastTime(view: FileView, id: string): FormValues | null {
  const others = listElements(view.state, 'assessments').filter((one) => one !== id)
  const dated = others.map((one) => ({ one, on: text(shownValue(view.state, `assessments/${one}/assessed_on`)) })).sort((a, b) => (a.on < b.on ? 1 : -1))
  return dated[0] ? shownValues(view.state, `assessments/${dated[0].one}`) : null
}

/** A reviewer's remarks by field name; they come by full path. */
export function remarksOf(remarks: Record<string, string> | null | undefined): Record<string, string> {
  const byName: Record<string, string> = {}
  for (const path of Object.keys(remarks ?? {})) byName[path.split('/').pop()!] = remarks![path]!
  return byName
}

/** What one save writes: the assessment (new or what was touched of it) and the instruments answered for it. */
export function assessmentOperations(form: FormDescription, view: FileView, draft: AssessmentDraft, isNew: boolean, context: { today: string }): FormOperation[] {
  const element = `assessments/${draft.id}`
  const before = isNew ? {} : shownValues(view.state, element)
  const results = draft.results.map((result): FormOperation => ({ op: 'append', path: 'instrument_results', id: result.id, value: tidy(result.value) as never }))
  const typed: FormValues = { ...draft.typed }
  if (draft.results.length) typed['instruments'] = [...new Set([...((typed['instruments'] ?? before['instruments'] ?? []) as string[]), ...draft.results.map((result) => result.id)])]
  if (isNew) return [...results, ...operationsForNew(form, relevantValues(form, tidy(typed), context), () => draft.id, draft.id)]
  const shown: FormValues = {}
  for (const name of Object.keys(typed)) if (name in before) shown[name] = before[name]
  return [...results, ...editOperations(view.kind, element, shown, typed)]
}

