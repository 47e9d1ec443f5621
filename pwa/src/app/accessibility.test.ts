/**
 * Every screen of the worker passes axe's rules as far as a page without layout can be judged: names, roles, labels, landmarks,
 * headings. Contrast is computed in ui/theme.test.ts; sizes and contrast in a real browser are the story's.
 */
import axe from 'axe-core'
import type { App } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makePracticeDevice } from '../device/practice'
import { setLocale } from '../i18n'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 })
const WORKER = { updateReady: true, canInstall: true, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
const NEEDS_LAYOUT = ['color-contrast', 'target-size', 'scrollable-region-focusable']
let running: App | null = null

async function open(path: string, mode: 'main' | 'route' | 'locked'): Promise<void> {
  window.scrollTo = () => undefined
  const device = makePracticeDevice(mode)
  history.replaceState(null, '', path.replace(':id', device.route[0]!))
  document.title = '一户'
  document.documentElement.lang = 'zh-CN'
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
  for (let i = 0; i < 300 && (!document.querySelector('h1') || document.querySelector('.y-spinner')); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
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

const PAGES: [string, 'main' | 'route' | 'locked'][] = [
  ['/', 'main'], ['/', 'route'], ['/households', 'main'], ['/households/:id', 'main'], ['/households/:id/visit', 'route'],
  ['/households/:id/assessment', 'main'], ['/sync', 'main'], ['/sync', 'locked'], ['/me', 'main'], ['/record', 'locked'],
  ['/households/:id/case', 'main'], ['/households/:id/instruments', 'main'], ['/households/:id/instruments/phq9', 'main'], ['/households/:id/policies', 'main'],
  ...['consent', 'plan', 'crisis', 'evaluation', 'closure', 'referral'].map((form): [string, 'main'] => [`/households/:id/records/${form}`, 'main']),
  ['/unlock', 'locked'], ['/carry', 'main'], ['/carry', 'locked'], ['/enrol', 'locked'], ['/emergency', 'locked'], ['/inbox', 'route'], ['/nowhere', 'main'],
] // prettier-ignore

describe('screens', () => {
  it.each(PAGES)('%s, %s: no violation', async (path, mode) => {
    await open(path, mode)
    expect(await violations()).toEqual([])
  })

  it('keep every control named in English as well', async () => {
    await open('/me', 'main')
    await setLocale('en')
    expect(await violations()).toEqual([])
  })
})
