/**
 * What else in the file follows from a casework record: a consent also stands on the household, a category in its short list, a risk that is
 * no lowering at once. Pure; the screens that save such a record write both together.
 */
import { findCode } from './codes'
import type { FormOperation, FormValues } from './forms'
import { isCurtained, listAttachments } from './attachments'
import { readElements, shownValue, text, texts } from './people'
import { planInForce } from './summary'
import type { FoldedLike } from './shapes'

const RISKS = ['red', 'yellow', 'blue', 'green']

/** What else stands differently once this record is saved. Only what really changes is written. */
export function consequences(formId: string, state: FoldedLike, values: FormValues, today: string): FormOperation[] {
  if (formId === 'consent') return consentOnHousehold(state, values)
  if (formId === 'category_assignment') return categoryInList(state, values, today)
  if (formId === 'risk_review') return riskOnHousehold(state, values)
  if (formId === 'policy_match') return policyEnjoyed(state, values)
  return []
}

/** Policies that are had under another title. */
const ENJOYED_AS: { [policy: string]: string } = { dibao_single: 'dibao', temporary_urgent: 'temporary_assistance', temporary_expense: 'temporary_assistance', orphan_study: 'education_aid' }

/** What was granted stands among what the family enjoys, so that nobody writes it twice and it is suggested no more. */
function policyEnjoyed(state: FoldedLike, values: FormValues): FormOperation[] {
  const [policy, member] = [text(values['policy']), text(values['member'])]
  const code = ENJOYED_AS[policy] ?? policy
  const path = member ? `members/${member}/policies_enjoyed` : 'policies_enjoyed'
  if (values['state'] !== 'granted' || !findCode('policy_enjoyed', code) || texts(shownValue(state, path)).indexOf(code) >= 0) return []
  return [{ op: 'add', path, value: code }]
}

function consentOnHousehold(state: FoldedLike, values: FormValues): FormOperation[] {
  const given = text(values['state'])
  if (text(values['kind']) !== 'informed_consent' || !given || shownValue(state, 'consent') === given) return []
  const operations: FormOperation[] = [{ op: 'set', path: 'consent', value: given }]
  const on = text(given === 'withdrawn' ? values['withdrawn_on'] : values['signed_on'])
  return on ? operations.concat({ op: 'set', path: 'consent_on', value: on }) : operations
}

function categoryInList(state: FoldedLike, values: FormValues, today: string): FormOperation[] {
  const [code, member, ends] = [text(values['category']), text(values['member']), text(values['ends_on'])]
  const path = member ? `members/${member}/categories` : 'categories'
  const isListed = texts(shownValue(state, path)).indexOf(code) >= 0
  const hasEnded = ends !== '' && ends < today.slice(0, ends.length)
  if (!code || isListed === !hasEnded) return []
  return [{ op: hasEnded ? 'remove' : 'add', path, value: code }]
}

/** Red and every level that is no lowering stand on the household at once; a lowering waits for a second person. */
function riskOnHousehold(state: FoldedLike, values: FormValues): FormOperation[] {
  const [level, before] = [text(values['level']), text(values['level_before'])]
  const lowers = RISKS.indexOf(before) >= 0 && RISKS.indexOf(level) > RISKS.indexOf(before)
  if (lowers || RISKS.indexOf(level) < 0 || shownValue(state, 'risk_level') === level) return []
  return [{ op: 'set', path: 'risk_level', value: level }]
}

/** What a second person's confirmation writes: the name beside the review, and the level on the household. */
export function confirmRisk(state: FoldedLike, review: string, me: string): FormOperation[] {
  const level = text(shownValue(state, `risk_reviews/${review}/level`))
  const operations: FormOperation[] = [{ op: 'add', path: `risk_reviews/${review}/confirmed_by`, value: me }]
  return shownValue(state, 'risk_level') === level ? operations : operations.concat({ op: 'set', path: 'risk_level', value: level })
}

export interface Stop { what: 'photos' | 'sharing' | 'plan' | 'basis' | 'new_photos' | 'agreement'; count: number }
const OPEN_REFERRALS = ['applied', 'sent', 'accepted', 'contacted']

/** What a refusal or a withdrawal stops from now on, counted: what is shown before it is saved is what the app then does. */
export function whatStops(state: FoldedLike, values: FormValues, today: string): Stop[] {
  const kind = text(values['kind'])
  const stops: Stop[] = []
  if (kind === 'photo' || kind === 'informed_consent') {
    const after = withConsent(state, values)
    const hidden = listAttachments(state).filter((one) => isCurtained(after, one)).length
    stops.push({ what: 'new_photos', count: 0 })
    if (hidden) stops.push({ what: 'photos', count: hidden })
  }
  if (kind === 'sharing' || kind === 'informed_consent') {
    const shared = readElements(state, 'referrals').filter((one) => OPEN_REFERRALS.indexOf(text(one['state'])) >= 0).length
    if (shared) stops.push({ what: 'sharing', count: shared })
  }
  if ((kind === 'informed_consent' || kind === 'client_agreement') && planInForce(state, today)) stops.push({ what: 'plan', count: 1 })
  if (kind === 'client_agreement') stops.push({ what: 'agreement', count: 0 })
  if (kind === 'informed_consent' && !text(shownValue(state, 'legal_basis')) && !text(values['legal_basis'])) stops.push({ what: 'basis', count: 0 })
  return stops
}

/** The file as it will read once this consent is saved, as far as photos ask. */
function withConsent(state: FoldedLike, values: FormValues): FoldedLike {
  const path = 'consents/ffffffffffffffffffffffffffffffff'
  const paths: FoldedLike['paths'] = { ...state.paths }
  for (const name of Object.keys(values)) paths[`${path}/${name}`] = { status: 'settled', value: values[name] }
  paths[`${path}/withdrawn_on`] = { status: 'settled', value: '9999-12-31' }
  return { ...state, paths, elements: { ...state.elements, [path]: { collection: 'consents', id: 'f'.repeat(32), voided: false } } }
}
