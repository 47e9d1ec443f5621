/** Steps that take something away can be taken back from the words that tell of them. */
import { flushPromises } from '@vue/test-utils'
import type { App } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Device } from '../device'
import { makePracticeDevice } from '../device/practice'
import { drop, toasts } from '../ui/toast'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 })
const PAGE = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
let running: App | null = null

async function open(device: Device, path: string): Promise<void> {
  window.scrollTo = () => undefined
  history.replaceState(null, '', path)
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, PAGE)
}
const button = (text: string): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.includes(text))
async function press(text: string): Promise<void> {
  for (let i = 0; i < 500 && !button(text); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  button(text)!.click()
  await flushPromises()
}
afterEach(() => {
  running?.unmount()
  document.body.replaceChildren()
  for (const one of [...toasts]) drop(one.id)
})

describe('taking back', () => {
  it('puts a household back at its place on the route', async () => {
    const device = makePracticeDevice('main')
    const before = [...device.route]
    await open(device, '/')
    await press('调整路线')
    await press('今天不去')
    expect(device.route).toEqual(before.slice(1))
    await press('撤销')
    expect(device.route).toEqual(before)
  })

  it('brings a discarded visit back as it was typed, and opens it', async () => {
    const device = makePracticeDevice('main')
    const file = device.route[0]!
    const draft = { id: device.newId(), values: { observation: '门口堆着煤' }, photos: [] }
    device.saveDraft(`visit:${file}`, draft)
    await open(device, `/households/${file}/visit`)
    await press('不要了')
    const sure = (): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>('dialog button')].find((one) => one.textContent!.includes('不要了'))
    for (let i = 0; i < 500 && !sure(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    sure()!.click()
    await flushPromises()
    expect(await device.loadDraft(`visit:${file}`)).toBeNull()
    await press('撤销')
    expect(await device.loadDraft<typeof draft>(`visit:${file}`)).toMatchObject({ values: { observation: '门口堆着煤' } })
    expect(location.pathname).toBe(`/households/${file}/visit`)
  })
})
