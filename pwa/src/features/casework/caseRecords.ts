/** The records of a case as rows: which forms stand under which step, what was filled in, how far review is. Pure. */
import type { FileView } from '../../device'
import type { FormDescription } from '../../records/forms'
import { categorySensitivity, findField } from '../../records'
import { listElements, shownValue, text, texts } from '../../records/people'
import type { Words } from '../../records/words'

export interface RecordRow { id: string; on: string; note: string; status: string | null }

/** Forms that stand beside the six steps: what is known, and what happened. */
export const BESIDE = ['fact', 'category_assignment', 'event', 'relation', 'risk_review']

/** Entries of one form, the newest first; `status` where the form is reviewed. What is restricted stands there as `hidden`: who needs it opens it. */
export function listRecords(view: FileView, form: FormDescription, words: Words, sayMoment: (at: number) => string, hidden: string): RecordRow[] {
  const isReviewed = view.state.sections
  return listElements(view.state, form.collection)
    .map((id) => {
      const at = (name: string) => shownValue(view.state, `${form.collection}/${id}/${name}`)
      const on = form.date ? at(form.date) : null
      const asked = (form.line ?? []).filter((name) => at(name) !== undefined && at(name) !== null)
      const said = asked.map((name) => (isRestricted(view.kind, `${form.collection}/${id}/${name}`, at(name)) ? hidden : words.value(`${form.collection}/${id}/${name}`, at(name))))
      return { id, on: typeof on === 'number' ? sayMoment(on) : text(on), note: said.filter((one, i) => said.indexOf(one) === i).join(' · '), status: isReviewed[`${form.collection}/${id}`]?.status ?? null }
    })
    .sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : a.id < b.id ? -1 : 1))
}

const RESTRICTED = 3

/** A restricted field, or a restricted category in any field. */
function isRestricted(kind: string, path: string, value: unknown): boolean {
  const field = findField(kind, path)
  if ((field?.sensitivity ?? 1) >= RESTRICTED) return true
  return field?.codes === 'client_category' && texts(Array.isArray(value) ? value : [value]).some((code) => categorySensitivity(code) >= RESTRICTED)
}

/** Where an entry is opened: needs assessments have a page of their own. */
export function hrefOf(fileId: string, form: FormDescription, id: string | null): string {
  // A referral that exists has a page of its own: where it is on its way, and what goes along.
  const path = form.id === 'assessment' ? `assessment` : form.id === 'referral' && id ? 'referrals' : `records/${form.id}`
  return `/households/${fileId}/${path}${id ? `/${id}` : ''}`
}
