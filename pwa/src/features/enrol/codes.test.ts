import { describe, expect, it } from 'vitest'
import { groups, readCode } from './codes'

describe('an enrolment code', () => {
  it('is read out of a link, a pasted message and a typed line', () => {
    expect(readCode('https://yihu.example/enrol#ABCD-EFGH-JKLM')).toBe('ABCD-EFGH-JKLM')
    expect(readCode('小禾，点这个登记 http://10.0.0.2:8000/enrol#ABCD-EFGH-JKLM 今天有效')).toBe('ABCD-EFGH-JKLM')
    expect(readCode(' abcd efgh-jklm ')).toBe('abcdefgh-jklm')
    expect(readCode('ＡＢＣＤ')).toBe('ABCD')
  })
})

it('a field code stands in four groups of three', () => {
  expect(groups('483920175562')).toEqual(['483', '920', '175', '562'])
})
