/** Days and clock times as people here say them. `_on` values are local days `YYYY-MM-DD`, `_at` values are ms since 1970 UTC. */
import { locale, t } from './index'

const two = (value: number) => String(value).padStart(2, '0')

/** The local calendar day of an instant. */
export function localDay(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function parts(on: string): [number, number, number] {
  const [year, month, day] = on.split('-').map(Number)
  return [year ?? 1970, month ?? 1, day ?? 1]
}

export function addDays(on: string, days: number): string {
  const [year, month, day] = parts(on)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  const utc = (on: string) => {
    const [year, month, day] = parts(on)
    return Date.UTC(year, month - 1, day)
  }
  return Math.round((utc(to) - utc(from)) / 86_400_000)
}

/** 11月22日, or 2025年11月22日 when the year is not that of `today`. */
export function sayDay(on: string, today: string = localDay(Date.now())): string {
  const [year, month, day] = parts(on)
  if (locale.value === 'zh-CN') return (year === parts(today)[0] ? '' : `${year}年`) + `${month}月${day}日`
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', timeZone: 'UTC' }
  if (year !== parts(today)[0]) options.year = 'numeric'
  return new Date(Date.UTC(year, month - 1, day)).toLocaleDateString('en-GB', options)
}

/** 今天, 昨天, 3 天前, 明天, 5 天后, and the date when it is further away. */
export function sayDistance(on: string, today: string = localDay(Date.now())): string {
  const days = daysBetween(today, on)
  if (days === 0) return t('ui.today')
  if (days === -1) return t('ui.yesterday')
  if (days === 1) return t('ui.tomorrow')
  if (days < 0 && days >= -60) return t('ui.days_ago', { count: -days })
  if (days > 0 && days <= 60) return t('ui.in_days', { count: days })
  return sayDay(on, today)
}

/** 14:02 */
export function sayTime(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** 14:02 today, 11月21日 14:02 on other days. */
export function sayWhen(at: number, now: number = Date.now()): string {
  const day = localDay(at)
  return day === localDay(now) ? sayTime(at) : `${sayDay(day, localDay(now))} ${sayTime(at)}`
}

/** 11月22日 星期日 */
export function sayWeekday(on: string): string {
  const [year, month, day] = parts(on)
  const weekday = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString(locale.value, { weekday: 'long', timeZone: 'UTC' })
  return `${sayDay(on)} ${weekday}`
}

/** Full years of age on `today`. */
export function ageOn(born: string, today: string = localDay(Date.now())): number {
  const [by, bm, bd] = parts(born)
  const [y, m, d] = parts(today)
  return y - by - (m < bm || (m === bm && d < bd) ? 1 : 0)
}
