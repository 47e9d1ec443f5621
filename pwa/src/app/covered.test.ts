/** Numbers of people stay covered where they stand in a save, an open decision or a sheet, until they are asked for; asking is on record. */
import type { App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { makePracticeDevice } from '../device/practice'
import { startApp } from './index'
import { FIRST } from './tour'

vi.setConfig({ testTimeout: 60_000 })
const WORKER = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
const CONTACT = { name: '石小山', relation: '20', phone: '19900008888' }
let running: App | null = null
afterEach(() => {
  running?.unmount()
  document.body.replaceChildren()
})

async function started(path: (id: string) => string) {
  window.scrollTo = () => undefined
  const device = makePracticeDevice('main')
  const unmasked: string[] = []
  device.access.unmasked = (fileId) => void unmasked.push(fileId)
  const id = await device.save(await device.openFile(FIRST), [{ op: 'set', path: 'emergency_contact', value: CONTACT }, { op: 'set', path: 'phone', value: '19900007777' }])
  history.replaceState(null, '', path(id))
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
  return unmasked
}
const text = () => document.body.textContent ?? ''
const find = (selector: string) => vi.waitFor(() => document.querySelector<HTMLElement>(selector) ?? Promise.reject(new Error(selector)), { timeout: 20_000 })

it('on an own save, an emergency contact too', async () => {
  const unmasked = await started((id) => `/saves/${id}`)
  const button = await find('[data-test=uncover]')
  expect(text()).not.toMatch(/19900007777|19900008888/)
  expect(text()).toContain('199••••7777')
  button.click()
  await vi.waitFor(() => expect(text()).toContain('19900008888'))
  expect(text()).toContain('19900007777')
  expect(unmasked).toEqual([FIRST])
})

it('in the sheet of where they live', async () => {
  const unmasked = await started(() => `/households/${FIRST}?sheet=household_basics::emergency_contact,phone`)
  await find('[data-test=covered-phone]')
  expect([...document.querySelectorAll('[data-test=covered-phone]')]).toHaveLength(2)
  expect([...document.querySelectorAll('input')].map((one) => one.value).join()).not.toMatch(/1990000/)
  document.querySelector<HTMLElement>('[data-test=covered-phone] .y-mask')!.click()
  await vi.waitFor(() => expect(text()).toMatch(/1990000(8888|7777)/))
  expect(unmasked).toEqual([FIRST])
})
