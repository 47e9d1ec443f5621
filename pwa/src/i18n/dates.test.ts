import { afterEach, describe, expect, it } from 'vitest'
import { setLocale } from './index'
import { addDays, ageOn, daysBetween, sayDay, sayDistance, sayWeekday, sayWhen } from './dates'

afterEach(() => setLocale('zh-CN'))

describe('days', () => {
  it('are added and counted over month, year and leap day', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2)
    expect(daysBetween('2026-11-22', '2026-11-20')).toBe(-2)
  })

  it('are said as people say them, with the year only when it is another', async () => {
    expect(sayDay('2026-11-22', '2026-01-01')).toBe('11月22日')
    expect(sayDay('2025-03-05', '2026-01-01')).toBe('2025年3月5日')
    expect(sayDistance('2026-11-21', '2026-11-22')).toBe('昨天')
    expect(sayDistance('2026-11-12', '2026-11-22')).toBe('10 天前')
    expect(sayDistance('2026-12-22', '2026-11-22')).toBe('30 天后')
    await setLocale('en')
    expect(sayDay('2026-11-22', '2026-01-01')).toBe('22 Nov')
    expect(sayDistance('2026-11-12', '2026-11-22')).toBe('10 days ago')
  })

  it('name their weekday whatever the time zone', () => {
    expect(sayWeekday('2026-11-22')).toContain('星期日')
  })
})

describe('instants', () => {
  it('show the clock today and the day as well on other days', () => {
    const noon = new Date(2026, 10, 22, 12, 0).getTime()
    expect(sayWhen(new Date(2026, 10, 22, 9, 5).getTime(), noon)).toBe('09:05')
    expect(sayWhen(new Date(2026, 10, 21, 23, 5).getTime(), noon)).toBe('11月21日 23:05')
  })
})

describe('age', () => {
  it('turns on the birthday, not before', () => {
    expect(ageOn('1950-11-23', '2026-11-22')).toBe(75)
    expect(ageOn('1950-11-22', '2026-11-22')).toBe(76)
  })
})
