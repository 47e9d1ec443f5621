/**
 * The form engine: from a description and what was answered so far to what stands on the screen. Pure; mirror of
 * schemas/forms `check_submission`, held to the same answers by tests/vectors/forms.json.
 */
import { findFuture, personDoubts } from '../doubts'
import { findField } from '../kinds'
import type { FieldDescription, Problem, Words } from '../shapes'
import { checkValue, makeProblem, problemWords } from '../values'
import { evaluate, holds, type Variables } from './expression'
import type { Card, CardState, FieldState, FormDescription, FormField, FormState, FormValues } from './shapes'

const ANY_ID = '0'.repeat(32)

/** What the caller knows beside the answers: `today` (YYYY-MM-DD) always, and what the form names in `context`. */
export interface FormContext { today: string; [name: string]: unknown }

export function keyOf(asked: FormField): string {
  return asked.of ? `${asked.of}.${asked.field}` : asked.field
}

/** The declared field behind a field of a form. */
export function declaredField(form: FormDescription, asked: FormField): FieldDescription {
  const collection = asked.of ?? form.collection
  const field = findField(form.kind, collection ? `${collection}/${ANY_ID}/${asked.field}` : asked.field)
  if (!field) throw new Error(`form ${form.id}: no field ${asked.field}`)
  return field
}

/** Everything a screen needs to draw the form for these answers. */
export function evaluateForm(form: FormDescription, values: FormValues, context: FormContext): FormState {
  const variables = variablesOf(form, values, context)
  const cards = form.cards.map((card) => cardState(form, card, values, variables))
  addPersonDoubts(form, cards, values)
  const shown = cards.filter((card) => card.relevant).reduce<FieldState[]>((all, card) => all.concat(card.fields.filter((field) => field.relevant)), [])
  const missing = shown.filter((field) => field.problems.some((problem) => problem.code === 'required')).map((field) => field.key)
  const calculated: { [name: string]: unknown } = {}
  for (const calculation of form.calculations ?? []) calculated[calculation.name] = variables[calculation.name]
  return { cards, calculated, missing, isComplete: !shown.some((field) => field.problems.some((problem) => problem.severity === 'error')) }
}

/** Problems in form order, as the server's `check_submission` lists them. */
export function checkSubmission(form: FormDescription, values: FormValues, context: FormContext): Problem[] {
  return evaluateForm(form, values, context)
    .cards.filter((card) => card.relevant)
    .reduce<Problem[]>((all, card) => card.fields.reduce((found, field) => found.concat(field.relevant ? field.problems : []), all), [])
}

/** The first values of a new form: its defaults, with today, now (HH:MM; `at` for an instant) and me (a person id) filled in. */
export function defaultValues(form: FormDescription, fill: { today: string; now: string; me: string; at?: number }): FormValues {
  const values: FormValues = {}
  for (const card of form.cards) {
    for (const asked of card.fields) {
      if (asked.default === undefined) continue
      const type = declaredField(form, asked).type
      const value = asked.default === 'today' ? fill.today : asked.default === 'now' ? (type === 'instant' ? fill.at : fill.now) : asked.default === 'me' ? fill.me : asked.default
      values[keyOf(asked)] = type === 'reference_set' || type === 'code_set' ? [value] : value
    }
  }
  return values
}

/** Answers of cards and fields that do not matter any more are left out: they are not written. */
export function relevantValues(form: FormDescription, values: FormValues, context: FormContext): FormValues {
  const kept: FormValues = {}
  for (const card of evaluateForm(form, values, context).cards) {
    for (const field of card.fields) {
      if (card.relevant && field.relevant && field.wasAsked) kept[field.key] = field.value
    }
  }
  return kept
}

function variablesOf(form: FormDescription, values: FormValues, context: FormContext): Variables {
  const variables: Variables = {}
  for (const name of form.context ?? []) variables[name] = context[name] ?? null
  for (const card of form.cards) {
    for (const asked of card.fields) {
      const value = values[keyOf(asked)] ?? null
      if (!asked.of) variables[asked.field] = value
      else variables[asked.of] = { ...(variables[asked.of] as object | undefined), [asked.field]: value }
    }
  }
  for (const calculation of form.calculations ?? []) variables[calculation.name] = evaluate(calculation.value, variables) ?? null
  return variables
}

function cardState(form: FormDescription, card: Card, values: FormValues, variables: Variables): CardState {
  const fields = card.fields.map((asked) => fieldState(form, asked, values, variables))
  const answered = fields.filter((field) => field.relevant && !isEmpty(field.value)).length
  return { id: card.id, card, relevant: is(card.relevant, variables, true), answered, fields }
}

function fieldState(form: FormDescription, asked: FormField, values: FormValues, variables: Variables): FieldState {
  const field = declaredField(form, asked)
  const key = keyOf(asked)
  const value = values[key]
  const relevant = is(asked.relevant, variables, true)
  const required = relevant && is(asked.required, variables, false)
  const state: FieldState = { key, asked, field, label: asked.label ?? field.label, relevant, required, value, wasAsked: value !== undefined, problems: [] }
  if (relevant) state.problems = problemsOf(state, variables)
  return state
}

function problemsOf(state: FieldState, variables: Variables): (Problem & { words?: Words })[] {
  if (isEmpty(state.value)) return state.required ? [makeProblem('required', state.key)] : []
  const problems: (Problem & { words?: Words })[] = missingParts(state)
  problems.push(...checkValue(state.field, state.value, state.key))
  problems.push(...findFuture(state.field, state.value, state.key, variables['today']))
  for (const rule of state.asked.constraints ?? []) {
    if (holds(rule.that, variables) === false) {
      problems.push({ code: 'constraint', path: state.key, severity: rule.severity ?? 'doubt', words: rule.label })
    }
  }
  return problems
}

/** Parts that a group must name once it is answered at all. */
function missingParts(state: FieldState): (Problem & { words?: Words })[] {
  const value = state.value as { [part: string]: unknown }
  const parts = state.field.parts ?? {}
  return Object.keys(parts)
    .filter((part) => (state.asked.parts ?? []).indexOf(part) >= 0 && isEmpty(value[part]))
    .map((part) => {
      const label = (parts[part] as FieldDescription).label
      const words = { 'zh-CN': problemWords('required', 'zh-CN', `${state.label['zh-CN']} · ${label['zh-CN']}`), en: problemWords('required', 'en', `${state.label.en} · ${label.en}`) }
      return { ...makeProblem('required', state.key), words }
    })
}

/** What the fields of a member say about each other, put beside the field that should be looked at. */
function addPersonDoubts(form: FormDescription, cards: CardState[], values: FormValues): void {
  const isPersons = (field: FieldState): boolean => (field.asked.of ?? form.collection) === 'members'
  const person: FormValues = {}
  const fields = cards.reduce<FieldState[]>((all, card) => all.concat(card.fields.filter(isPersons)), [])
  for (const field of fields) person[field.asked.field] = values[field.key]
  for (const doubt of personDoubts(person)) {
    const field = fields.find((one) => one.asked.field === doubt.field)
    if (field && field.relevant) field.problems.push(makeProblem(doubt.code, field.key))
  }
}

function is(expression: string | undefined, variables: Variables, otherwise: boolean): boolean {
  return expression === undefined ? otherwise : holds(expression, variables) === true
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
