/** The browser's half of `scripts/prove T-6c`: a phone with the app installed meets a poisoned release, a sound one, the kill switch. */
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'

const { origin } = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as { origin: string }
const browsers: TestBrowser[] = []

afterAll(async () => {
  for (const browser of browsers) await browser.dispose()
})

test('a poisoned release stays out, a sound one comes in, the kill switch takes the worker away', async () => {
  const browser = await TestBrowser.open('poisoned', PHONE)
  browsers.push(browser)
  const { page } = browser
  const caches = () => page.evaluate(async () => (await globalThis.caches.keys()).filter((name) => name.startsWith('yihu-app-')))
  const workers = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)
  const step = (name: string) => page.evaluate(async (path) => (await fetch(path, { method: 'POST' })).text(), `/api/step/${name}`)
  /** Looks for a release, and waits for what becomes of it: the state in which its worker ends. */
  const look = () =>
    page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration()) as ServiceWorkerRegistration
      const ends: string[] = []
      registration.addEventListener('updatefound', () => {
        const fresh = registration.installing as ServiceWorker
        fresh.addEventListener('statechange', () => ends.push(fresh.state))
      })
      for (let tries = 0; tries < 900; tries++) {
        if (tries % 50 === 0) await registration.update().catch(() => undefined)
        const end = registration.waiting ? 'installed' : ends.find((one) => one === 'redundant' || one === 'installed')
        if (end) return end
        await new Promise((done) => setTimeout(done, 100))
      }
      return 'nothing'
    })

  await page.goto(`${origin}/`)
  await page.evaluate(async () => navigator.serviceWorker.ready)
  await expect.poll(caches, { timeout: 60_000 }).toHaveLength(1)
  const [known] = await caches()
  await page.reload()

  await step('poison')
  expect(await look()).toBe('redundant')
  await page.reload()
  await page.locator('#app').waitFor()
  const ran = await page.evaluate(() => (window as unknown as { hostile?: number }).hostile ?? 0)
  // A further try to take the poisoned one in may be under way; the version from before must be there all the same.
  console.log(`PROOF poisoned: ${ran} hostile scripts ran, version ${(await caches()).includes(known as string) ? 'kept' : 'lost'}`)

  await step('release')
  expect(await look()).toBe('installed')
  console.log('PROOF teeth: a release whose list fits came in')

  await step('off')
  await page.reload()
  await expect.poll(workers, { timeout: 30_000 }).toBe(0)
  await expect.poll(async () => (await caches()).length, { timeout: 30_000 }).toBe(0)
  console.log(`PROOF off: ${await workers()} workers and ${(await caches()).length} caches left after 1 load`)
})
