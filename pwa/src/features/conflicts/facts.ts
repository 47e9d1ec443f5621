/**
 * Facts of one file that cannot all be true, as a person weighs them: what each offered way out writes, and how "both are right,
 * because …" is kept. Wording and drawing are the screen's.
 */
import type { FileView } from '../../device/contract'
import { fieldsOf, findSemanticConflicts, semanticRules, shownValue, type SemanticConflict } from '../../records'
import type { Words } from '../../records/words'
import type { Operation } from '../../sync/change'

/** What the person chose: a way out that the rule offers, or that both are right. */
export type FactDecision = { kind: 'offer'; offer: string } | { kind: 'settle'; reason: string }
export interface FactChoice { decision: FactDecision; between: string }
export interface SettledFact { conflict: SemanticConflict; reason: string; element: string; personId: string; at: number }

export interface Facts { open: SemanticConflict[]; settled: SettledFact[] }

export function readFacts(view: FileView): Facts {
  const found = findSemanticConflicts(semanticRules(view.kind), view.state)
  const settled = found.filter((conflict) => conflict.settled).map((conflict): SettledFact => {
    const { element, reason } = conflict.settled as { element: string; reason: string }
    const written = view.state.paths[`${element}/reason`]?.values[0]
    return { conflict, element, reason, personId: written?.person ?? '', at: written?.at ?? 0 }
  })
  return { open: found.filter((conflict) => !conflict.settled), settled }
}

/** A decision counts once it can be written: a settlement needs its reason. */
export function isDecided(choice: FactChoice | undefined): choice is FactChoice {
  return !!choice && (choice.decision.kind === 'offer' || choice.decision.reason.trim() !== '')
}

export function factOps(conflict: SemanticConflict, decision: FactDecision, newId: () => string): Operation[] {
  if (decision.kind === 'offer') return (conflict.offers?.find((offer) => offer.id === decision.offer)?.ops ?? []) as Operation[]
  return [{
    op: 'append', path: 'settlements', id: newId(),
    value: { rule: conflict.rule, conflict: conflict.id, facts: conflict.digest, reason: decision.reason.trim() },
  }] // prettier-ignore
}

/** Two decisions may strike out the same person: one change writes each path once, the later decision counts. */
export function once(ops: Operation[]): Operation[] {
  const byPlace = new Map<string, Operation>()
  for (const op of ops) byPlace.set(op.op === 'append' ? `append ${op.path}/${op.id}` : op.op === 'add' || op.op === 'remove' ? `${op.path} ${JSON.stringify(op.value)}` : op.path, op)
  return [...byPlace.values()]
}

export interface ComparedField { name: string; label: string; values: string[]; same: boolean }

/** What the elements of a conflict say field by field, for the two that must be told apart; none for elements of different sorts. */
export function compareElements(view: FileView, conflict: SemanticConflict, words: Words): ComparedField[] {
  const [first, second] = conflict.elements
  if (!first || !second || conflict.elements.length !== 2 || collectionOf(first) !== collectionOf(second)) return []
  return Object.keys(fieldsOf(view.kind, collectionOf(first)))
    .map((name) => {
      const raw = [first, second].map((element) => shownValue(view.state, `${element}/${name}`))
      const values = raw.map((value) => words.value(`${first}/${name}`, value))
      return { name, label: words.fieldOnly(`${first}/${name}`), values, same: values[0] === values[1], isAsked: raw.some((value) => value !== undefined) }
    })
    .filter((field) => field.isAsked)
}

/** Which elements came with a file that was merged into this one: dots of other files carry their name. */
export function cameWithMerge(view: FileView, element: string): boolean {
  return view.state.elements[element]?.dot[0].indexOf('@') !== -1
}

function collectionOf(element: string): string {
  return element.slice(0, element.indexOf('/'))
}
