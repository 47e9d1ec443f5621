/** Text reaches 7:1 on every surface it stands on, in every theme. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(resolve(__dirname, 'theme.css'), 'utf8')
const block = (selector: string): Record<string, string> => {
  const from = css.indexOf(`${selector} {`)
  expect(from, selector).toBeGreaterThanOrEqual(0)
  const body = css.slice(from, css.indexOf('}', from))
  return Object.fromEntries([...body.matchAll(/--y-([\w-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1]!, found[2]!]))
}
const light = block(':root')
const dark = { ...light, ...block(":root[data-theme='dark']") }
const high = { ...light, ...block(":root[data-contrast='high']") }
const highDark = { ...dark, ...block(":root[data-contrast='high']"), ...block(":root[data-contrast='high'][data-theme='dark']") }

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number]
  return (x + 0.05) / (y + 0.05)
}
const PAIRS = [
  ...['bg', 'surface', 'sunken'].flatMap((ground) => ['text', 'muted'].map((text) => [text, ground])),
  ...['accent', 'danger', 'warn', 'good'].flatMap((text) => [[text, 'surface'], [text, 'bg']]),
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ['accent', 'accent-soft'],
  ...['danger', 'warn', 'good'].map((tone) => [tone, `${tone}-soft`]),
  ...['danger', 'warn', 'good', 'accent'].flatMap((tone) => [['text', `${tone}-soft`], ['muted', `${tone}-soft`]]),
] as [string, string][]

describe.each([['light', light], ['dark', dark], ['high contrast', high], ['high contrast, dark', highDark]])('%s', (_name, colours) => {
  it.each(PAIRS)('%s on %s reaches 7:1', (text, ground) => {
    expect(contrast(colours[text]!, colours[ground]!)).toBeGreaterThanOrEqual(7)
  })
})
