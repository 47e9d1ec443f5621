/** Semantic conflicts on the phone: the vectors that Python reads too (tests/schemas/test_semantic.py). */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findSamePersons, findSemanticConflicts, semanticLine, semanticRules, type SemanticConflict, type SemanticLine, type SemanticState } from './semantic'

interface Case { name: string; state?: SemanticState; states?: SemanticState[]; lines?: SemanticLine[]; conflicts: SemanticConflict[] }
const CASES = JSON.parse(readFileSync(new URL('../../../tests/vectors/semantic.json', import.meta.url), 'utf8')) as Case[]
const RULES = semanticRules('household')

test.each(CASES.map((one) => [one.name, one] as const))('%s', (_name, one) => {
  if (one.state) {
    expect(findSemanticConflicts(RULES, one.state)).toEqual(one.conflicts)
    return
  }
  const lines = (one.states as SemanticState[]).map((state) => semanticLine(RULES, state))
  expect(lines).toEqual(one.lines)
  expect(findSamePersons(RULES, lines)).toEqual(one.conflicts)
})

test('a kind without rules has no conflicts', () => {
  expect(semanticRules('unlinked_record')).toEqual({ version: 0, rules: [], across: [] })
  expect(semanticRules('constructor').rules).toEqual([])
})

test('two thousand households are compared without comparing each with each', () => {
  const lines = Array.from({ length: 2_000 }, (_, place): SemanticLine => ({ file: String(place).padStart(32, '0'), marks: [`m${place % 1_999}`, `n${place}`], settled: [] }))
  expect(findSamePersons(RULES, lines).map((one) => [one.file, ...one.elements])).toEqual([[lines[0]!.file, lines[1_999]!.file]])
})
