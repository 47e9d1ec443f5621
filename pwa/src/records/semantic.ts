/**
 * Which facts of a file, or of two files, disagree although each of them is settled; mirror of schemas/semantic, held to it by
 * tests/vectors/semantic.json. The rules are data. Nothing is stored: a conflict is derived and closes when the facts agree. A
 * person who found that both are right writes a settlement into the file; it holds while the facts stay the same.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { evaluate, holds, type Value, type Variables } from './forms/expression'
import data from './generated/semantic_rules.json'
import { convertOldNumber, readIdNumber } from './idNumber'
import { shownValue } from './people'
import type { FoldedLike, Words } from './shapes'

export interface SemanticState extends FoldedLike { sections?: { [path: string]: { status: string } } }
interface Looked { name: string; item: string; of: string; where?: string; fields?: string[] }
interface Offer { id: string; label: Words; op: 'set' | 'remove' | 'void'; path?: string; element?: string; field?: string; value?: string }
interface SemanticRule {
  id: string
  label: Words
  say: Words
  decides: string
  each?: Looked[]
  gather?: Looked[]
  when: string
  facts: { name: string; value: string }[]
  offers?: Offer[]
  root?: string[]
}
interface AcrossRule { id: string; label: Words; say: Words; decides: string; of: string; item: string; where?: string; fields?: string[]; mark: string; proposes: string }
export interface SemanticRules { version: number; rules: SemanticRule[]; across: AcrossRule[] }

export interface Settled { element: string; reason: string }
export type OfferedOp = { op: 'set' | 'remove'; path: string; value: Value } | { op: 'void'; path: string }
export interface Offered { id: string; ops: OfferedOp[] }
/** One disagreement. `elements` and the rule name it, `facts` are what it rests on, `names` are for the sentence. */
export interface SemanticConflict {
  id: string
  rule: string
  file: string
  elements: string[]
  names: { [alias: string]: string }
  facts: { [name: string]: Value }
  digest: string
  settled: Settled | null
  offers?: Offered[]
}
/** What a list of files keeps of each to find one person in two of them; nothing that can be read back. */
export interface SemanticLine { file: string; marks: string[]; settled: string[] }

const SETTLEMENTS = 'settlements'
const MARK = 'mark' // read like a field: what an ID number is compared by
const ALL = data as unknown as { [kind: string]: SemanticRules }
const NONE: SemanticRules = { version: 0, rules: [], across: [] }

type Element = { [name: string]: Value }
type Taken = { [alias: string]: Element }

export function semanticRules(kind: string): SemanticRules {
  return Object.prototype.hasOwnProperty.call(ALL, kind) ? (ALL[kind] as SemanticRules) : NONE
}

/** The conflicts inside one file, settled ones too, in the order of the rules. */
export function findSemanticConflicts(rules: SemanticRules, state: SemanticState): SemanticConflict[] {
  const read = readerOf(state)
  const settlements = listSettlements(state)
  return rules.rules.reduce<SemanticConflict[]>((all, rule) => all.concat(findByRule(rule, read, settlements)), [])
}

export function semanticLine(rules: SemanticRules, state: SemanticState): SemanticLine {
  const read = readerOf(state)
  const marks = new Set<string>()
  for (const rule of rules.across) {
    for (const element of read.elements({ ...rule, name: rule.item })) if (element[MARK]) marks.add(element[MARK] as string)
  }
  return { file: state.file, marks: [...marks].sort(), settled: [...listSettlements(state).keys()].sort() }
}

/** Pairs of files in which one number stands, by file id: one conflict a pair, however many persons they share. */
export function findSamePersons(rules: SemanticRules, lines: readonly SemanticLine[]): SemanticConflict[] {
  // Nearly every number stands in one file only: a map for each would cost a phone with 5,000 households a tenth of a second.
  const first = new Map<string, SemanticLine>()
  const byMark = new Map<string, Map<string, SemanticLine>>()
  for (const line of lines) {
    for (const mark of line.marks) {
      const other = first.get(mark)
      if (!other) first.set(mark, line)
      else if (other.file !== line.file) byMark.set(mark, (byMark.get(mark) ?? new Map<string, SemanticLine>([[other.file, other]])).set(line.file, line))
    }
  }
  const pairs = new Map<string, { low: SemanticLine; high: SemanticLine; marks: string[] }>()
  for (const mark of [...byMark.keys()].sort()) {
    const here = [...(byMark.get(mark) as Map<string, SemanticLine>).values()].sort((a, b) => (a.file < b.file ? -1 : 1))
    here.forEach((low, place) => {
      for (const high of here.slice(place + 1)) {
        const key = `${low.file} ${high.file}`
        const pair = pairs.get(key) ?? { low, high, marks: [] }
        pair.marks.push(mark)
        pairs.set(key, pair)
      }
    })
  }
  return [...pairs.keys()].sort().reduce<SemanticConflict[]>((all, key) => {
    const pair = pairs.get(key) as { low: SemanticLine; high: SemanticLine; marks: string[] }
    return all.concat(rules.across.map((rule) => samePerson(rule.id, pair.low, pair.high, pair.marks)))
  }, [])
}

function samePerson(rule: string, low: SemanticLine, high: SemanticLine, marks: string[]): SemanticConflict {
  const facts = { count: marks.length, marks }
  const id = semanticId(low.file, rule, [high.file])
  const digest = factsDigest(rule, [high.file], facts)
  const isSettled = low.settled.indexOf(`${id}:${digest}`) >= 0 || high.settled.indexOf(`${id}:${digest}`) >= 0
  return { id, rule, file: low.file, elements: [high.file], names: {}, facts, digest, settled: isSettled ? { element: '', reason: '' } : null }
}

export function semanticId(file: string, rule: string, elements: readonly string[]): string {
  return hash(['semantic', file, rule, ...elements].join('\n')).slice(0, 32)
}

export function factsDigest(rule: string, elements: readonly string[], facts: { [name: string]: Value }): string {
  return hash(stableText({ rule, elements: [...elements], facts }))
}

/** An ID number as something equal numbers share and nobody reads; null unless it is sound (an old one counts as the new). */
export function markOf(number: unknown): string | null {
  if (typeof number !== 'string') return null
  const whole = convertOldNumber(number) ?? number.toUpperCase()
  return readIdNumber(whole).doubt === null ? hash(`id_number\n${whole}`).slice(0, 32) : null
}

/** "<conflict>:<facts>" -> who said so. Without a reason it says nothing. */
export function listSettlements(state: SemanticState): Map<string, Settled> {
  const found = new Map<string, Settled>()
  for (const path of Object.keys(state.elements).sort()) {
    const element = state.elements[path] as SemanticState['elements'][string]
    if (element.collection !== SETTLEMENTS || element.voided) continue
    const [conflict, facts, reason] = ['conflict', 'facts', 'reason'].map((name) => shownValue(state, `${path}/${name}`))
    if (typeof conflict === 'string' && typeof facts === 'string' && typeof reason === 'string' && reason.trim()) {
      found.set(`${conflict}:${facts}`, { element: path, reason })
    }
  }
  return found
}

function findByRule(rule: SemanticRule, read: Reader, settlements: Map<string, Settled>): SemanticConflict[] {
  const base: Variables = {}
  for (const name of rule.root ?? []) base[name] = read.root(name)
  for (const looked of rule.gather ?? []) base[looked.name] = read.elements(looked).map((element) => element['path'] as string)
  const found: SemanticConflict[] = []
  for (const taken of combinations(rule, read)) {
    const variables: Variables = { ...base, ...taken }
    if (holds(rule.when, variables) !== true) continue
    const facts: { [name: string]: Value } = {}
    for (const fact of rule.facts) facts[fact.name] = evaluate(fact.value, variables) ?? null
    const names: { [alias: string]: string } = {}
    for (const alias of Object.keys(taken)) names[alias] = (taken[alias] as Element)['path'] as string
    const elements = Object.keys(taken).map((alias) => names[alias] as string)
    const id = semanticId(read.file, rule.id, elements)
    const digest = factsDigest(rule.id, elements, facts)
    const offers = (rule.offers ?? []).map((offer) => offered(offer, taken, variables))
    found.push({ id, rule: rule.id, file: read.file, elements, names, facts, digest, settled: settlements.get(`${id}:${digest}`) ?? null, offers })
  }
  return found
}

/** Every combination of the elements looked at; of two from one collection each pair once, by id. */
function combinations(rule: SemanticRule, read: Reader): Taken[] {
  let taken: Taken[] = [{}]
  for (const looked of rule.each ?? []) {
    const elements = taken.length ? read.elements(looked) : []
    taken = taken.reduce<Taken[]>((all, before) => {
      const others = Object.keys(before).map((alias) => before[alias] as Element).filter((other) => other['collection'] === looked.of)
      const fitting = elements.filter((element) => others.every((other) => (other['path'] as string) < (element['path'] as string)))
      return all.concat(fitting.map((element) => ({ ...before, [looked.name]: element })))
    }, [])
  }
  return taken
}

function offered(offer: Offer, taken: Taken, variables: Variables): Offered {
  let path = offer.path ?? ''
  if (offer.element) path = ((taken[offer.element] as Element)['path'] as string) + (offer.field ? `/${offer.field}` : '')
  if (offer.op === 'void') return { id: offer.id, ops: [{ op: 'void', path }] }
  return { id: offer.id, ops: [{ op: offer.op, path, value: evaluate(offer.value ?? 'null', variables) ?? null }] }
}

interface Reader { file: string; root(name: string): Value; elements(looked: Looked): Element[] }

/** One file, read element by element. */
function readerOf(state: SemanticState): Reader {
  const byCollection: { [collection: string]: [string, string][] } = {}
  for (const path of Object.keys(state.elements).sort()) {
    const element = state.elements[path] as SemanticState['elements'][string]
    if (!element.voided) (byCollection[element.collection] ??= []).push([path, element.id])
  }
  const marks: { [path: string]: string | null } = {} // several rules ask for them, and hashing is the dear part
  const mark = (path: string): string | null => (path in marks ? (marks[path] as string | null) : (marks[path] = markOf(shown(state, `${path}/id_number`))))
  const element = (looked: Looked, path: string, id: string): Element => {
    const read: Element = {}
    for (const field of looked.fields ?? []) read[field] = field === MARK ? mark(path) : shown(state, `${path}/${field}`)
    read['id'] = id
    read['path'] = path
    read['collection'] = looked.of
    read['section'] = state.sections?.[path]?.status ?? null
    return read
  }
  return {
    file: state.file,
    root: (name) => shown(state, name),
    elements: (looked) =>
      (byCollection[looked.of] ?? [])
        .map(([path, id]) => element(looked, path, id))
        .filter((one) => looked.where === undefined || holds(looked.where, { [looked.item]: one }) === true),
  }
}

function shown(state: SemanticState, path: string): Value {
  return (shownValue(state, path) ?? null) as Value
}

/** The same text for the same facts in both languages: keys in order, no white space. */
function stableText(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${stableText(value[key] as Value)}`).join(',')}}`
}

const UTF8 = new TextEncoder()
function hash(text: string): string {
  let hex = ''
  for (const byte of sha256(UTF8.encode(text))) hex += (byte < 16 ? '0' : '') + byte.toString(16)
  return hex
}
