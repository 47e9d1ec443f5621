/** What a help page says of a form by itself: its questions, which must be answered, what may be chosen, who reviews it. Read from the form's own description, so it is never out of date. Pure. */
import { codesFor, listRules, type Locale } from '../../records'
import { declaredField, getForm, type FormDescription, type FormField } from '../../records/forms'
import forms from '../../records/generated/forms.json'

export interface Question { label: string; hint: string; must: 'always' | 'sometimes' | 'never'; when: boolean; how: string; choices: string[]; more: number; length: number | null }
export interface Part { title: string; hint: string; when: boolean; questions: Question[] }

/** Those drawn inside others, or made of one tap, need no page of their own. */
const WITHOUT_PAGE = ['self_care', 'step']
const CHOICES_SHOWN = 8

export const FORM_IDS = Object.keys(forms).filter((id) => !WITHOUT_PAGE.includes(id))

/** Numbered forms by their number, then the others in the order of the schema. */
export function listForms(): FormDescription[] {
  const number = (form: FormDescription) => (form.number ? Number(form.number.slice(1)) : Infinity)
  return FORM_IDS.map(getForm).sort((a, b) => number(a) - number(b) || 0)
}

export function explain(form: FormDescription, locale: Locale): Part[] {
  return form.cards
    .map((card) => ({
      title: card.label[locale],
      hint: card.hint?.[locale] ?? '',
      when: card.relevant !== undefined && card.relevant !== 'true',
      questions: card.fields.map((asked) => question(form, asked, locale)),
    }))
    .filter((part) => part.questions.length > 0)
}

function question(form: FormDescription, asked: FormField, locale: Locale): Question {
  const field = declaredField(form, asked)
  const filter = asked.filter
  const codes = codesFor(field).filter((code) => !filter || Object.keys(filter).every((column) => code.extra[column] === filter[column]))
  const choices = codes.map((code) => (locale === 'en' ? code.en : code.zh))
  return {
    label: asked.label?.[locale] ?? field.label[locale],
    hint: asked.hint?.[locale] ?? '',
    must: asked.required === undefined || asked.required === 'false' ? 'never' : asked.required === 'true' ? 'always' : 'sometimes',
    when: asked.relevant !== undefined && asked.relevant !== 'true',
    how: howOf(asked, field.type),
    choices: choices.slice(0, CHOICES_SHOWN),
    more: Math.max(0, choices.length - CHOICES_SHOWN),
    length: field.type === 'text' && field.length_max !== undefined ? field.length_max : null,
  }
}

const SHOWN = ['photos', 'signature', 'position', 'people', 'members', 'level', 'instrument', 'instruments', 'moment']

/** Key of the words that say how it is answered. */
function howOf({ show }: FormField, type: string): string {
  return show && SHOWN.includes(show) ? show : type
}

/** Duties that decide on this form one after another; empty where nobody has to. */
export function reviewers(form: FormDescription): string[] {
  const section = listRules()[form.kind]?.collections[form.collection]?.section
  return section?.steps ?? []
}
