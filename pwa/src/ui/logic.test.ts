import { describe, expect, it } from 'vitest'
import { passwordFault, pinFault } from './guessable'
import { masked } from './mask'
import { visibleRows } from './rows'
import { parseScaled, showScaled } from './scaled'

describe('a long list', () => {
  const rows = { count: 2000, heightOf: () => 80, guess: 80 }

  it('draws what is in sight and leaves the height of the rest', () => {
    const seen = visibleRows(rows, 8000, 640, 320)
    expect(seen.first).toBe(96)
    expect(seen.last - seen.first).toBeLessThan(20)
    expect(seen.before + (seen.last - seen.first) * 80 + seen.after).toBe(160000)
  })

  it('never draws all rows, even when the viewport is measured as tall as the list', () => {
    expect(visibleRows(rows, 0, 160000, 320).last).toBeLessThanOrEqual(60)
  })
})

describe('scaled integers', () => {
  it('go in and out without a float', () => {
    expect(parseScaled('12.8', 2)).toBe(1280)
    expect(parseScaled('０．０７', 2)).toBe(7)
    expect(parseScaled('1,234,567.89', 2)).toBe(123456789)
    expect(showScaled(1280, 2)).toBe('12.8')
    expect(showScaled(-7, 2)).toBe('-0.07')
    expect(showScaled(100000, 2)).toBe('1000')
  })

  it('tell an empty box from one that holds no number', () => {
    expect(parseScaled('', 2)).toBeNull()
    for (const text of ['十二', '1.234', '1e5', '--1', '99999999999999999']) expect(parseScaled(text, 2)).toBeUndefined()
  })
})

describe('covered text', () => {
  it('hides the middle of phones and id numbers and all but the first character of words', () => {
    expect(masked('19900001234', 'phone')).toBe('199••••1234')
    expect(masked('990101195203150019', 'id')).toBe('990101••••••••0019')
    expect(masked('欧阳桂英', 'text')).toBe('欧•••')
    expect(masked('12', 'phone')).toBe('12')
  })
})

describe('passwords', () => {
  it('that are the first guesses are refused with their reason', () => {
    expect(passwordFault('短密码')).toBe('short')
    expect(passwordFault('aaaaaaaaaaaa')).toBe('plain')
    expect(passwordFault('abcdefghijkl')).toBe('plain')
    expect(passwordFault('password123456')).toBe('common')
    expect(passwordFault('Woaini1314520')).toBe('common')
    expect(passwordFault('linxiaohe2026', ['linxiaohe'])).toBe('name')
  })

  it('that are a sentence of one’s own are taken', () => {
    expect(passwordFault('青石桥头三棵大柳树下')).toBeNull()
    expect(passwordFault('river-lamp-ninety', ['林小禾'])).toBeNull()
  })
})

describe('PINs', () => {
  it('that are runs, repeats or birthdays are refused', () => {
    for (const pin of ['123456', '654321', '111111', '121212', '123123', '222333']) expect(pinFault(pin), pin).toBe('plain')
    expect(pinFault('850214')).toBe('date')
    expect(pinFault('12345')).toBe('digits')
    expect(pinFault('739184')).toBeNull()
  })
})
