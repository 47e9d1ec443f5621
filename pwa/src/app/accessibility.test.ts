/**
 * Every screen passes axe's rules as far as a page without layout can be judged: names, roles, labels, landmarks,
 * headings. Contrast is computed in ui/theme.test.ts; sizes and contrast in a real browser are the story's.
 */
import axe from 'axe-core'
import type { App } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makePracticeDevice } from '../device/practice'
import { setLocale, t } from '../i18n'
import { startApp } from './index'
import { ROUTES } from './routes'
import { addressOf, FIRST, prepare, TOUR, type Stop } from './tour'

vi.setConfig({ testTimeout: 60_000 })
const WORKER = { updateReady: true, canInstall: true, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
const NEEDS_LAYOUT = ['color-contrast', 'target-size', 'scrollable-region-focusable']
let running: App | null = null

async function open(path: string, mode: Stop['mode'] = 'main', stop?: Stop): Promise<void> {
  window.scrollTo = () => undefined
  const device = makePracticeDevice(mode === 'route' ? 'main' : mode)
  const ids = stop && mode === 'main' ? await prepare(device, FIRST) : {}
  if (mode === 'route') await device.unlockWithPin('', '482915')
  history.replaceState(null, '', stop ? addressOf(stop, ids) : path)
  document.title = '一户'
  document.documentElement.lang = 'zh-CN'
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
  for (let i = 0; i < 600 && (!document.querySelector('h1') || document.querySelector('.y-spinner')); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
}
async function violations(): Promise<string[]> {
  const result = await axe.run(document, { rules: Object.fromEntries(NEEDS_LAYOUT.map((rule) => [rule, { enabled: false }])) })
  expect(result.passes.length).toBeGreaterThan(8)
  return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)
}
afterEach(async () => {
  running?.unmount()
  document.body.replaceChildren()
  await setLocale('zh-CN')
})

describe('every screen', () => {
  it('has a stop on the tour, so that none is forgotten', () => {
    const visited = new Set(TOUR.map((stop) => stop.route))
    expect(ROUTES.map((route) => route.path).filter((path) => !visited.has(path))).toEqual([])
    expect(TOUR.map((stop) => stop.route).filter((path) => !ROUTES.some((route) => route.path === path))).toEqual([])
    expect(new Set(TOUR.map((stop) => stop.name)).size).toBe(TOUR.length)
  })

  it.each(TOUR.map((stop): [string, Stop] => [stop.name, stop]))('%s: no violation, and something to see', async (_name, stop) => {
    await open('', stop.mode, stop)
    expect(document.querySelector('.y-spinner')).toBeNull()
    expect(document.querySelector('[data-test=broken]')).toBeNull()
    expect(document.body.textContent).not.toContain(t('shell.broken'))
    expect(document.querySelector('main')!.textContent!.length).toBeGreaterThan(12)
    expect(await violations()).toEqual([])
  })

  it.each([['/inbox', 'route'], ['/nowhere', 'main']] as const)('%s, %s: what is not shown is said without a violation', async (path, mode) => {
    await open(path, mode)
    expect(await violations()).toEqual([])
  })

  it('keep every control named in English as well', async () => {
    await open('/me', 'main')
    await setLocale('en')
    expect(await violations()).toEqual([])
  })
})
