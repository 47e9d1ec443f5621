/** What the page of the station's own rules asks of the server, and how its forms become sheets. The server checks; nothing is judged here. */
import type { Device } from '../../device'
import type { County, LocalVisits } from '../../records/local'
import { VISIT_RULES, type VisitRule } from '../../records/due'

export type SheetKind = 'county' | 'visits' | 'instrument'
export interface Sheet { name: string; kind: SheetKind; number: number; title: string; text: string; is_withdrawn: boolean; written_by: string | null; written_at: number }
export interface Remark { where: string; line: number; say: string; say_en: string }
export interface Put { name: string; number: number | null; faults: Remark[]; notes: Remark[] }

export async function listSheets(device: Device): Promise<Sheet[]> {
  return (await device.call<{ sheets: Sheet[] }>('GET', '/local')).sheets
}

export function putSheet(device: Device, kind: SheetKind, text: string, keep: boolean): Promise<Put> {
  return device.call<Put>('POST', '/local', { kind, text, keep })
}

export async function withdrawSheet(device: Device, name: string): Promise<void> {
  await device.call('POST', '/local/withdraw', { name })
}

export async function fetchTemplate(device: Device, kind: SheetKind): Promise<string> {
  return (await device.call<{ text: string }>('GET', `/local/templates/${kind}`)).text
}

export interface CountyDraft { county: string; basis: string; valid_from: string; valid_to: string; amounts: { [name: string]: number | undefined }; offices: { [policy: string]: string } }

/** JSON is YAML: the checker reads one as the other. What was left empty is left out. */
export function countyText(draft: CountyDraft): string {
  const { amounts, offices, ...head } = draft
  return JSON.stringify({ ...filled(head), amounts: filled(amounts), offices: filled(offices) }, null, 1)
}

export function draftOfCounty(county: County | undefined, year: string): CountyDraft {
  return { county: county?.county ?? '', basis: county?.basis ?? '', valid_from: county?.valid_from ?? `${year}-01-01`, valid_to: county?.valid_to ?? `${year}-12-31`, amounts: { ...county?.amounts }, offices: { ...county?.offices } }
}

/** Days by place: `home.<rule>.<risk>`, `contact.<rule>.<risk>`, `event.<kind>`, `closure.<n>`, `step.<id>`. */
export interface VisitsDraft { basis: string; valid_from: string; valid_to: string; days: { [place: string]: number | undefined } }

/** Every number that may be changed, as it holds now. */
export function draftOfVisits(own: LocalVisits | undefined, steps: { id: string; days: number }[], year: string): VisitsDraft {
  const rules = own?.rules ?? VISIT_RULES
  const days: VisitsDraft['days'] = {}
  for (const rule of rules.rules) {
    for (const risk of Object.keys(rule.home_days ?? {})) days[`home.${rule.id}.${risk}`] = rule.home_days![risk]
    for (const risk of Object.keys(rule.contact_days ?? {})) days[`contact.${rule.id}.${risk}`] = rule.contact_days![risk]
  }
  for (const kind of Object.keys(rules.event_days ?? {})) days[`event.${kind}`] = rules.event_days![kind]
  ;(rules.closure_days ?? []).forEach((count, i) => (days[`closure.${i}`] = count))
  for (const step of steps) days[`step.${step.id}`] = own?.step_days?.[step.id] ?? step.days
  return { basis: own?.basis ?? '', valid_from: own?.valid_from ?? `${year}-01-01`, valid_to: own?.valid_to ?? '', days }
}

/** Only what differs from the shipped rules is written; rules of the station's own stay as they are. */
export function visitsText(draft: VisitsDraft, own: LocalVisits | undefined, steps: { id: string; days: number }[]): string {
  const rules: { [id: string]: unknown } = {}
  for (const rule of (own?.rules ?? VISIT_RULES).rules) {
    const shipped = VISIT_RULES.rules.find((one) => one.id === rule.id)
    const [home, contact] = [daysOf(draft, 'home', rule, shipped?.home_days), daysOf(draft, 'contact', rule, shipped?.contact_days)]
    if (!shipped) rules[rule.id] = { zh: rule.label['zh-CN'], en: rule.label.en, categories: rule.categories ?? [], ...some('home_days', home), ...some('contact_days', contact), ...(rule.grace_days ? { grace_days: rule.grace_days } : {}) }
    else if (Object.keys(home).length || Object.keys(contact).length) rules[rule.id] = { ...some('home_days', home), ...some('contact_days', contact) }
  }
  const events: { [kind: string]: number } = {}
  for (const kind of Object.keys(VISIT_RULES.event_days ?? {})) if (draft.days[`event.${kind}`] !== VISIT_RULES.event_days![kind]) events[kind] = draft.days[`event.${kind}`] as number
  const closure = (VISIT_RULES.closure_days ?? []).map((_, i) => draft.days[`closure.${i}`])
  const allowed: { [step: string]: number } = {}
  for (const step of steps) if (draft.days[`step.${step.id}`] !== step.days) allowed[step.id] = draft.days[`step.${step.id}`] as number
  return JSON.stringify({ ...filled({ basis: draft.basis, valid_from: draft.valid_from, valid_to: draft.valid_to }), rules, ...some('event_days', filled(events)), ...(String(closure) === String(VISIT_RULES.closure_days) ? {} : { closure_days: closure }), ...some('step_days', filled(allowed)) }, null, 1)
}

function daysOf(draft: VisitsDraft, way: string, rule: VisitRule, shipped: { [risk: string]: number } | undefined): { [risk: string]: number } {
  const found: { [risk: string]: number } = {}
  for (const risk of ['red', 'yellow', 'blue', 'green']) {
    const days = draft.days[`${way}.${rule.id}.${risk}`]
    if (typeof days === 'number' && days !== shipped?.[risk]) found[risk] = days
  }
  return found
}

/** The place in the form of a place in the sheet. */
export function placeOfVisits(where: string): string {
  const [head, ...rest] = where.split('.')
  if (head === 'rules') return `${rest[1] === 'contact_days' ? 'contact' : 'home'}.${rest[0]}.${rest[2] ?? ''}`
  if (head === 'event_days') return `event.${rest[0]}`
  if (head === 'step_days') return `step.${rest[0]}`
  return head === 'closure_days' ? `closure.${Number(rest[0] ?? 1) - 1}` : (head ?? '')
}

function some(name: string, values: object): object {
  return Object.keys(values).length ? { [name]: values } : {}
}

function filled<T extends object>(values: T): Partial<T> {
  const kept: Partial<T> = {}
  for (const name of Object.keys(values) as (keyof T)[]) if (values[name] !== undefined && values[name] !== '' && values[name] !== null) kept[name] = values[name]
  return kept
}
