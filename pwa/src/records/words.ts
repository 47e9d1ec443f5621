/**
 * Paths and values of a file in words: "王秀兰 · 残疾" and "4 肢体残疾 · 一级" instead of `members/…/disability` and
 * `{kind: "4", grade: "1"}`. For every screen that tells of a field outside its form. Pure; code labels must be loaded.
 */
import { label } from './codes'
import { findField, getKind } from './kinds'
import type { FieldDescription, FoldedLike, Locale } from './shapes'

export interface Words {
  /** The field with the element it belongs to: "王秀兰 · 身份证号"; a root field alone. */
  field(path: string): string
  /** The field's own name: "身份证号". */
  fieldOnly(path: string): string
  /** An element as people would call it: a member's name, "走访 2026-11-20". */
  element(path: string): string
  /** A section that is submitted and approved: "需求预估 2026-11-20", "基本情况". */
  section(path: string): string
  /** A value as people would write it; "没有回答" for null, "没问" where nobody wrote anything. */
  value(path: string, value: unknown): string
}

const SAID = {
  'zh-CN': { none: '没有回答', unasked: '没问', yes: '是', no: '否', yuan: '元', hidden: '地图位置', list: '、', unnamed: '未写名字', answers: '{n} 项答案', empty: '无' },
  en: { none: 'no answer', unasked: 'not asked', yes: 'yes', no: 'no', yuan: 'yuan', hidden: 'map position', list: ', ', unnamed: 'no name', answers: '{n} answers', empty: 'none' },
}
const UNITS: Record<string, { 'zh-CN': string; en: string }> = {
  persons: { 'zh-CN': '人', en: '' },
  years: { 'zh-CN': '岁', en: 'years' },
  m2: { 'zh-CN': '平方米', en: 'm²' },
  m: { 'zh-CN': '米', en: 'm' },
  times: { 'zh-CN': '次', en: 'times' },
  days: { 'zh-CN': '天', en: 'days' },
  hours: { 'zh-CN': '小时', en: 'hours' },
  minutes: { 'zh-CN': '分钟', en: 'minutes' },
}
/** The field that names an element of a collection, in order of preference. */
const NAMED_BY = ['name', 'visited_on', 'assessed_on', 'done_on', 'received_on', 'signed_on', 'planned_on', 'linked_on', 'held_on', 'applied_on', 'evaluated_on', 'closed_on', 'reviewed_on', 'happened_on', 'known_on', 'caption']

const PAPER_NUMBERS = ['certificate', 'number']
/** How numbers that name a person are said: covered, as on lists and in a history; or open, and then somebody is told. */
export interface Numbers { cover?: (value: string, kind: 'phone' | 'id') => string; onOpen?: () => void }

export function makeWords(kind: string, state: FoldedLike | null, locale: Locale, people: Record<string, string>, numbers: Numbers = {}): Words {
  const said = SAID[locale]
  const shown = (path: string): unknown => {
    const found = state?.paths[path]
    return found?.status === 'conflict' ? found.stands : found?.value
  }

  function element(path: string): string {
    const [collection = '', id = ''] = path.split('/')
    const called = collectionLabel(kind, collection, locale)
    for (const field of NAMED_BY) {
      const value = shown(`${collection}/${id}/${field}`)
      if (typeof value !== 'string' || !value) continue
      return field === 'name' ? value : `${called} ${value}`
    }
    return collection === 'members' ? `${called} · ${said.unnamed}` : called
  }
  function fieldOnly(path: string): string {
    return findField(kind, path)?.label[locale] ?? path.split('/').pop() ?? path
  }
  function field(path: string): string {
    const parts = path.split('/')
    if (parts.length === 1) return fieldOnly(path)
    if (parts.length === 2 || (parts[2] ?? '').charAt(0) === '$') return element(path)
    return `${element(path)} · ${fieldOnly(path)}`
  }
  function section(path: string): string {
    if (path.indexOf('/') > 0) return element(path)
    return findKind(kind)?.sections[path]?.label[locale] ?? path
  }
  function value(path: string, raw: unknown): string {
    return say(findField(kind, path), raw)
  }

  function say(described: FieldDescription | null, raw: unknown): string {
    if (raw === undefined) return said.unasked
    if (raw === null) return said.none
    if (Array.isArray(raw)) return raw.length ? raw.map((one) => say(described, one)).join(said.list) : said.empty
    if (typeof raw === 'boolean') return raw ? said.yes : said.no
    if (typeof raw === 'object') return sayObject(described, raw as Record<string, unknown>)
    if (described?.codes) return label(described.codes, raw as string | number, locale)
    if (described?.refers) return sayReference(described.refers, String(raw))
    if ((described?.type === 'id_number' || described?.type === 'phone') && typeof raw === 'string' && raw) return sayNumber(described.type, raw)
    if (described?.type === 'money' && typeof raw === 'number') return `${sayYuan(raw)} ${said.yuan}`
    if (described?.type === 'instant' && typeof raw === 'number') return sayInstant(raw)
    const unit = described?.unit ? UNITS[described.unit]?.[locale] : undefined
    return unit ? `${String(raw)} ${unit}` : String(raw)
  }
  function sayNumber(type: 'id_number' | 'phone', raw: string): string {
    if (numbers.cover) return numbers.cover(raw, type === 'phone' ? 'phone' : 'id')
    numbers.onOpen?.()
    return raw
  }
  /** A group in the order of its parts, empty ones left out; a map position is a word, not seven digits twice. */
  function sayObject(described: FieldDescription | null, raw: Record<string, unknown>): string {
    if (described?.type === 'answers') return said.answers.replace('{n}', String(Object.keys(raw).length))
    const parts = described?.parts ?? {}
    const names = Object.keys(parts).concat(Object.keys(raw).filter((name) => !parts[name]))
    const words = names.filter((name) => isSaid(raw[name]) && !/_id$|_e7$/.test(name)).map((name) => sayPart(parts[name] ?? null, name, raw[name]))
    if (isSaid(raw['lat_e7'])) words.push(said.hidden)
    return words.length ? words.join(' · ') : said.empty
  }
  function sayPart(described: FieldDescription | null, name: string, raw: unknown): string {
    // Numbers of cards are numbers of people: a disability certificate holds the ID number.
    const words = PAPER_NUMBERS.indexOf(name) >= 0 && typeof raw === 'string' ? sayNumber('id_number', raw) : say(described, raw)
    return name === 'group_no' && locale === 'zh-CN' && /^[0-9一二三四五六七八九十]+$/.test(words) ? `${words} 组` : words
  }
  function sayReference(refers: string, id: string): string {
    if (refers === 'person') return people[id] ?? id.slice(0, 6)
    if (state?.elements[`${refers}/${id}`]) return element(`${refers}/${id}`)
    return id.slice(0, 6)
  }

  return { field, fieldOnly, element, section, value }
}

function isSaid(raw: unknown): boolean {
  return raw !== undefined && raw !== null && raw !== '' && !(Array.isArray(raw) && raw.length === 0)
}

function collectionLabel(kind: string, collection: string, locale: Locale): string {
  return findKind(kind)?.collections[collection]?.label[locale] ?? collection
}

/** A file of a kind that only a newer app knows still has a history to read. */
function findKind(kind: string): ReturnType<typeof getKind> | null {
  try {
    return getKind(kind)
  } catch {
    return null
  }
}

/** 1280 fen -> 12.80; whole yuan without the noughts. Integers all the way. */
function sayYuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const cents = digits.slice(-2)
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}${cents === '00' ? '' : `.${cents}`}`
}

function sayInstant(at: number): string {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
