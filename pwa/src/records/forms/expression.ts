/**
 * Expressions of forms: the strict subset of CEL described in schemas/expressions.py, whose answers this file must give.
 * Whole numbers, texts, true, false, null, lists; `a.b`; `?:`, `||`, `&&`, comparisons, `in`, `+ - * / %`, `!`; five functions.
 * An expression over something not asked has no answer: `undefined`. Nothing here throws but for a form outside the subset.
 */
import { isRealDate } from '../idNumber'

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }
export interface Variables { [name: string]: unknown }

export class ExpressionError extends Error {}
class NoAnswer extends Error {}

type Node = (variables: Variables) => Value
type Token = { kind: 'number' | 'name' | 'text' | 'mark' | 'end'; text: string }

const TOKEN = /[ \n]+|([0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|('(?:[^'\\\n]|\\['"\\n])*'|"(?:[^"\\\n]|\\['"\\n])*")|(\|\||&&|==|!=|<=|>=|[<>+\-*/%!?:,.()[\]])/y
const RESERVED = /^(as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/
const programs: { [expression: string]: Node } = Object.create(null) as { [expression: string]: Node }

/** The answer, or undefined where none follows. A name that `variables` does not hold is null. */
export function evaluate(expression: string, variables: Variables): Value | undefined {
  const program = (programs[expression] ??= compile(expression))
  try {
    return program(variables)
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

/** True, false, or null where no yes or no follows. */
export function holds(expression: string, variables: Variables): boolean | null {
  const answer = evaluate(expression, variables)
  return typeof answer === 'boolean' ? answer : null
}

/** The variables that an expression reads. */
export function namesIn(expression: string): string[] {
  const names: string[] = []
  compile(expression, names)
  return names
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < expression.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(expression)
    if (!found) throw new ExpressionError(`unexpected character at ${at}`)
    if (found[1] !== undefined) tokens.push({ kind: 'number', text: found[1] })
    else if (found[2] !== undefined) tokens.push({ kind: 'name', text: found[2] })
    else if (found[3] !== undefined) tokens.push({ kind: 'text', text: unescape(found[3]) })
    else if (found[4] !== undefined) tokens.push({ kind: 'mark', text: found[4] })
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

function unescape(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

function compile(expression: string, names: string[] = []): Node {
  if (expression.length > 1000) throw new ExpressionError('expression too long')
  const tokens = tokenize(expression)
  let place = 0
  const peek = (): Token => tokens[place] as Token
  const isMark = (...marks: string[]): boolean => peek().kind === 'mark' && marks.indexOf(peek().text) >= 0
  const next = (): Token => tokens[place++] as Token
  const expect = (mark: string): void => {
    if (!isMark(mark)) throw new ExpressionError(`expected ${mark}`)
    place++
  }

  const conditional = (): Node => {
    const test = either()
    if (!isMark('?')) return test
    place++
    const yes = either()
    expect(':')
    const no = conditional()
    return (v) => (boolean(test(v)) ? yes(v) : no(v))
  }
  const either = (): Node => {
    let left = both()
    while (isMark('||')) {
      place++
      left = absorbing(left, both(), true)
    }
    return left
  }
  const both = (): Node => {
    let left = relation()
    while (isMark('&&')) {
      place++
      left = absorbing(left, relation(), false)
    }
    return left
  }
  const relation = (): Node => {
    let left = sum()
    while (isMark('==', '!=', '<', '<=', '>', '>=') || (peek().kind === 'name' && peek().text === 'in')) {
      left = binary(next().text, left, sum())
    }
    return left
  }
  const sum = (): Node => {
    let left = product()
    while (isMark('+', '-')) left = binary(next().text, left, product())
    return left
  }
  const product = (): Node => {
    let left = unary()
    while (isMark('*', '/', '%')) left = binary(next().text, left, unary())
    return left
  }
  const unary = (): Node => {
    if (!isMark('!', '-')) return member()
    const mark = next().text
    if (mark === '-' ? peek().kind !== 'number' : isMark('!', '-')) throw new ExpressionError(`unexpected ${peek().text}`)
    const inner = member()
    return mark === '!' ? (v) => !boolean(inner(v)) : (v) => whole(0 - number(inner(v)))
  }
  const member = (): Node => {
    let node = primary()
    while (isMark('.')) {
      place++
      const part = next()
      if (part.kind !== 'name' || RESERVED.test(part.text) || /^(true|false|null|in)$/.test(part.text) || isMark('(')) throw new ExpressionError('a dot is followed by a name')
      const from = node
      node = (v) => select(from(v), part.text)
    }
    if (isMark('[')) throw new ExpressionError('indexes are not part of the subset')
    return node
  }
  const list = (close: string): Node[] => {
    const items: Node[] = []
    while (!isMark(close)) {
      items.push(conditional())
      if (isMark(close)) break
      expect(',')
      if (isMark(close)) throw new ExpressionError('a comma stands between two values')
    }
    place++
    return items
  }
  const primary = (): Node => {
    const token = next()
    if (token.kind === 'number') return literal(literalNumber(token.text, isMark('.') || peek().kind === 'name' && peek().text !== 'in'))
    if (token.kind === 'text') return literal(token.text)
    if (token.kind === 'mark' && token.text === '(') {
      const inner = conditional()
      expect(')')
      return inner
    }
    if (token.kind === 'mark' && token.text === '[') {
      const items = list(']')
      return (v) => items.map((item) => item(v))
    }
    if (token.kind !== 'name' || token.text === 'in' || RESERVED.test(token.text)) throw new ExpressionError(`unexpected ${token.text || 'end'}`)
    if (token.text === 'true' || token.text === 'false') return literal(token.text === 'true')
    if (token.text === 'null') return literal(null)
    if (isMark('(')) {
      place++
      return call(token.text, list(')'))
    }
    if (names.indexOf(token.text) < 0) names.push(token.text)
    return (v) => (Object.prototype.hasOwnProperty.call(v, token.text) ? ((v[token.text] ?? null) as Value) : null)
  }

  const program = conditional()
  if (peek().kind !== 'end') throw new ExpressionError(`unexpected ${peek().text}`)
  return program
}

function literal(value: Value): Node {
  return () => value
}

function literalNumber(text: string, followed: boolean): number {
  const value = Number(text)
  if (followed || !Number.isSafeInteger(value)) throw new ExpressionError(`not a whole number: ${text}`)
  return value
}

/** `||` (decided by true) and `&&` (decided by false): the deciding side wins even when the other has no answer. */
function absorbing(left: Node, right: Node, decisive: boolean): Node {
  return (v) => {
    let missing: NoAnswer | null = null
    try {
      if (boolean(left(v)) === decisive) return decisive
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      missing = error
    }
    const other = boolean(right(v))
    if (other === decisive) return decisive
    if (missing) throw missing
    return !decisive
  }
}

function binary(operator: string, left: Node, right: Node): Node {
  const operate = OPERATORS[operator] as (a: Value, b: Value) => Value
  return (v) => operate(left(v), right(v))
}

const OPERATORS: { [operator: string]: (a: Value, b: Value) => Value } = {
  '==': (a, b) => same(a, b),
  '!=': (a, b) => !same(a, b),
  '<': (a, b) => compare(a, b) < 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>': (a, b) => compare(a, b) > 0,
  '>=': (a, b) => compare(a, b) >= 0,
  in: (a, b) => {
    if (Array.isArray(b)) return b.some((item) => same(a, item))
    if (typeof b === 'object' && b !== null && (typeof a === 'string' || typeof a === 'number' || typeof a === 'boolean')) {
      return typeof a === 'string' && Object.prototype.hasOwnProperty.call(b, a)
    }
    throw new NoAnswer()
  },
  '+': (a, b) => {
    if (typeof a === 'string' && typeof b === 'string') return a + b
    if (Array.isArray(a) && Array.isArray(b)) return a.concat(b)
    return whole(number(a) + number(b))
  },
  '-': (a, b) => whole(number(a) - number(b)),
  '*': (a, b) => whole(number(a) * number(b)),
  '/': (a, b) => whole(Math.trunc(number(a) / divisor(b))),
  '%': (a, b) => whole(number(a) % divisor(b)),
}

function boolean(value: Value): boolean {
  if (typeof value !== 'boolean') throw new NoAnswer()
  return value
}

function number(value: Value): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new NoAnswer()
  return value
}

function divisor(value: Value): number {
  const found = number(value)
  if (found === 0) throw new NoAnswer()
  return found
}

/** Never -0, never beyond what both languages hold exactly. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new NoAnswer()
  return value + 0
}

function select(value: Value, name: string): Value {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NoAnswer()
  if (!Object.prototype.hasOwnProperty.call(value, name)) throw new NoAnswer()
  return value[name] ?? null
}

function same(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, place) => same(item, b[place] as Value))
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null && !Array.isArray(a) && !Array.isArray(b)) {
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => Object.prototype.hasOwnProperty.call(b, key) && same(a[key] as Value, b[key] as Value))
  }
  return a === b
}

/** Order of two numbers, texts (by code point) or yes-no values; anything else has none. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return number(a) - number(b)
}

function compareText(a: string, b: string): number {
  const left = Array.from(a)
  const right = Array.from(b)
  for (let place = 0; place < left.length && place < right.length; place++) {
    const difference = (left[place] as string).codePointAt(0)! - (right[place] as string).codePointAt(0)!
    if (difference) return difference
  }
  return left.length - right.length
}

function call(name: string, items: Node[]): Node {
  const known = Object.prototype.hasOwnProperty.call(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!known) throw new ExpressionError(`unknown function: ${name}`)
  if (items.length !== known.length) throw new ExpressionError(`${name} takes ${known.length}`)
  return (v) => known(...items.map((item) => item(v)))
}

const FUNCTIONS: { [name: string]: (...values: Value[]) => Value } = {
  count: (values: Value) => (Array.isArray(values) ? values.length : null),
  total: (values: Value) => {
    const numbers = Array.isArray(values) ? values.filter((value): value is number => typeof value === 'number') : []
    return numbers.length ? numbers.reduce((sum, value) => sum + value, 0) : null
  },
  days_between: (start: Value, end: Value) => (isRealDate(start) && isRealDate(end) ? (Date.parse(end) - Date.parse(start)) / 86_400_000 : null),
  years_between: (start: Value, end: Value) =>
    isRealDate(start) && isRealDate(end) ? Number(end.slice(0, 4)) - Number(start.slice(0, 4)) - (end.slice(5) < start.slice(5) ? 1 : 0) : null,
  surely_before: (first: Value, second: Value) => {
    if (!isPartialDate(first) || !isPartialDate(second)) return null
    const known = Math.min(first.length, second.length)
    return first.slice(0, known) < second.slice(0, known)
  },
}

function isPartialDate(value: Value): value is string {
  return typeof value === 'string' && (/^[0-9]{4}(-(0[1-9]|1[0-2]))?$/.test(value) || isRealDate(value))
}

