/** The vectors that Python reads too (tests/schemas/test_record_vectors.py). */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadCodes } from './codes'
import { findDue, VISIT_RULES } from './due'
import { checkSubmission, evaluateForm, getForm, getInstrument, scoreInstrument, type FormContext } from './forms'
import { findFileDoubts } from './fileDoubts'
import { evaluate, ExpressionError } from './forms/expression'
import { findField } from './kinds'
import { matchPolicies } from './policies'
import { missingFor, readProcess } from './process'
import { makeState } from './scene'
import { dueOf, visitFacts } from './summary'
import type { FieldDescription } from './shapes'
import { checkValue } from './values'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- vectors are data of many shapes
type Case = { name: string; [key: string]: any }

function load(file: string): Case[] {
  return JSON.parse(readFileSync(new URL('../../../tests/vectors/' + file + '.json', import.meta.url), 'utf8')) as Case[]
}

beforeAll(loadCodes)

describe('expressions', () => {
  test.each(load('expressions').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    if (one['refused']) expect(() => evaluate(one['expression'], one['variables'] ?? {})).toThrow(ExpressionError)
    else expect(evaluate(one['expression'], one['variables'] ?? {})).toStrictEqual(one['unknown'] ? undefined : one['value'])
  })
})

describe('instruments', () => {
  test.each(load('instruments').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const { score, band, missing, alerts, warned, lifted, parts } = one
    expect(scoreInstrument(getInstrument(one['instrument']), one['answers'])).toStrictEqual({ score, band, missing, alerts, warned, lifted, parts })
  })
})

describe('forms', () => {
  test.each(load('forms').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const form = getForm(one['form'])
    const context = one['context'] as FormContext
    if (one['problems']) {
      expect(checkSubmission(form, one['values'], context).map((problem) => [problem.code, problem.path])).toEqual(one['problems'])
    }
    const state = evaluateForm(form, one['values'], context)
    const relevant = state.cards.flatMap((card) => (card.relevant ? card.fields.filter((field) => field.relevant).map((field) => field.key) : []))
    expect(relevant).toEqual(expect.arrayContaining(one['relevant'] ?? []))
    expect(relevant.filter((key) => (one['not_relevant'] ?? []).includes(key))).toEqual([])
    expect(state.calculated).toMatchObject(one['calculated'] ?? {})
  })
})

describe('values', () => {
  test.each(load('values').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const path = String(one['path']).replace('*', '0'.repeat(32))
    const field = findField('household', path) as FieldDescription
    expect(checkValue(field, one['value'], path).map((problem) => problem.code)).toEqual(one['codes'])
  })
})

describe('visit rules', () => {
  test.each(load('visit_rules').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const facts = one['facts']
    const due = findDue(
      {
        categories: facts.categories,
        riskLevel: facts.risk_level ?? null,
        fileState: facts.file_state ?? null,
        lastHomeOn: facts.last_home_on ?? null,
        lastContactOn: facts.last_contact_on ?? null,
        agreedOn: facts.agreed_on ?? null,
        since: facts.since ?? null,
      },
      VISIT_RULES,
      one['today'],
    )
    const expected = one['due']
    expect(due).toEqual(
      expected && { dueOn: expected.due_on, rule: expected.rule, way: expected.way, days: expected.days, overdueDays: expected.overdue_days },
    )
  })
})

describe('process', () => {
  test.each(load('process').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const state = makeState(one['scene'])
    const { current, roundFrom, stuckDays, steps } = readProcess(state, one['today'])
    const rows = steps.map((step) => [step.id, step.state, step.enteredOn, step.days, step.missing, step.reason])
    expect({ current, round_from: roundFrom, stuck_days: stuckDays, steps: rows }).toStrictEqual(one['standing'])
    for (const step of Object.keys(one['missing_for'])) expect(missingFor(state, step).map((missing) => missing.key)).toStrictEqual(one['missing_for'][step])
  })
})

describe('visit facts of a file', () => {
  test.each(load('visit_facts').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const state = makeState(one['scene'])
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const facts = visitFacts(state, one['today'])
    expect({ scope: null, ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [snake(name), value])) }).toStrictEqual(one['facts'])
    const due = dueOf(state, one['today'])
    expect(due && Object.fromEntries(Object.entries(due).map(([name, value]) => [snake(name), value]))).toStrictEqual(one['due'])
  })
})

describe('policies', () => {
  test.each(load('policy_rules').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const found = matchPolicies(makeState(one['scene']), one['today'], one['parameters'])
    expect(found.map((match) => [match.policy, match.member, match.outcome, match.used, match.missing])).toStrictEqual(one['matches'])
  })
})

describe('doubts about a file', () => {
  test.each(load('file_doubts').map((one) => [one.name, one] as const))('%s', (_name, one) => {
    expect(findFileDoubts(makeState(one['scene']), one['today']).map((problem) => [problem.code, problem.path])).toStrictEqual(one['doubts'])
  })
})
