/** Forms and instruments: descriptions (one lazy chunk each) and the engine. Import this only from screens that fill forms in. */
import { loadCodes } from '../codes'
import forms from '../generated/forms.json'
import type { FormDescription } from './shapes'

export * from './shapes'
export { checkSubmission, declaredField, defaultValues, evaluateForm, keyOf, relevantValues, type FormContext } from './engine'
export { evaluate, holds } from './expression'
export { optionsOf, scoreInstrument, type Score } from './instrument'
export { findInstrument, fitsAge, getInstrument, listInstruments, scoreMax } from './instruments'
export { changeOperations, operationsForNew, type FormOperation } from './operations'
export { personDoubts, readFromNumbers } from '../doubts'
export { checkValue, problemWords } from '../values'

/** A form with every code list it may show. Throws for a form that this app does not know. */
export async function loadForm(id: string): Promise<FormDescription> {
  await loadCodes()
  return getForm(id)
}

export function getForm(id: string): FormDescription {
  const form = (forms as unknown as { [id: string]: FormDescription })[id]
  if (!form) throw new Error(`unknown form ${id}`)
  return form
}
