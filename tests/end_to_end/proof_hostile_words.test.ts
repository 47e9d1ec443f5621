/**
 * The browser's half of `scripts/prove T-6`: every screen of a worker and of a deputy over households, people and imports whose
 * words are scripts. The server and its contents come from tests/security/test_hostile_words.py, by the environment.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser, DESK, PHONE } from './driver/browser'
import { Person } from './driver/person'

interface Given { origin: string; worker: string; deputy: string; files: string[]; importId: string; payloads: string[] }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
const secrets = { password: '晚饭吃了三大碗米饭呀', pin: '739184' }
const SCREENS = ['/', '/households', '/inbox', '/sync', '/me', '/record', '/emergency']
const DESK_SCREENS = ['/staff', '/ledger-import', '/merge']
const foreign: string[] = []
const dialogs: string[] = []
let worker: Person
let deputy: Person

async function watched(name: string, size: typeof PHONE): Promise<TestBrowser> {
  const browser = await TestBrowser.open(name, size)
  browser.page.on('dialog', (dialog) => { dialogs.push(dialog.message()); void dialog.dismiss() })
  browser.page.on('request', (request) => { if (!/^(data:|blob:|chrome|about:)/.test(request.url()) && !request.url().startsWith(given.origin)) foreign.push(request.url()) })
  return browser
}

beforeAll(async () => {
  worker = new Person('林小满', await watched('hostile-worker', PHONE), secrets)
  deputy = new Person('沈若兰', await watched('hostile-deputy', DESK), secrets)
})

afterAll(async () => {
  await worker.browser.close()
  await deputy.browser.close()
})

/** Opens a screen, lets it draw, and says how often a word has run as a script so far. */
async function visit(person: Person, path: string): Promise<number> {
  await person.goTo(path)
  await person.page.waitForTimeout(350)
  return person.page.evaluate(() => Number((globalThis as unknown as { hostile?: number }).hostile ?? 0))
}

async function walk(person: Person, screens: string[]): Promise<{ ran: number; seen: number }> {
  let ran = 0
  let seen = 0
  for (const path of screens) {
    ran += await visit(person, path)
    seen += (await person.page.locator('body').innerText()).includes('hostile') ? 1 : 0
  }
  return { ran, seen }
}

test('the payloads run where nothing holds them back: teeth', async () => {
  const page = deputy.page
  await page.goto('about:blank')
  const ran = await page.evaluate(async (payloads) => {
    const scope = globalThis as unknown as { hostile?: number }
    for (const payload of payloads) {
      const box = document.createElement('div') // one each: some would swallow what follows them
      document.body.append(box)
      box.innerHTML = payload
    }
    for (let turn = 0; turn < 50 && (scope.hostile ?? 0) < 4; turn++) await new Promise((done) => setTimeout(done, 200))
    return scope.hostile ?? 0
  }, given.payloads.filter((payload) => !payload.includes('evil.example'))) // those lead the page away
  console.log(`PROOF teeth: ${ran} scripts ran without protection`)
  expect(ran).toBeGreaterThan(0)
})

test('on the app’s own page the policy refuses even a careless innerHTML: teeth', async () => {
  await worker.open(given.origin)
  const refused = await worker.page.evaluate((payload) => {
    try { document.body.innerHTML = payload } catch (error) { return String(error) }
    return 'taken'
  }, given.payloads[0] as string)
  expect(refused).toContain('TypeError')
  worker.browser.errors.length = 0
})

test('no word runs on any screen of a worker or a deputy', async () => {
  dialogs.length = 0
  foreign.length = 0
  await worker.enrol(given.worker)
  await deputy.enrol(given.deputy)
  await worker.page.waitForTimeout(4000)
  const ofFile = given.files.flatMap((file) => [`/households/${file}`, `/households/${file}/history`, `/households/${file}/visit`, `/households/${file}/assessment`, `/conflicts/${file}`])
  const first = await walk(worker, [...SCREENS, ...ofFile])
  const second = await walk(deputy, [...SCREENS, ...DESK_SCREENS, ...ofFile, ...given.files.map((file) => `/review/${file}/basics`)])
  await deputy.page.emulateMedia({ media: 'print' })
  const third = await walk(deputy, ofFile.slice(0, 5))
  const violations = [...worker.browser.errors, ...deputy.browser.errors]
  const screens = SCREENS.length * 2 + DESK_SCREENS.length + ofFile.length * 2 + given.files.length + 5
  console.log(`PROOF ${given.payloads.length} payloads, ${screens} screens, shown as words on ${first.seen + second.seen + third.seen}: ${first.ran + second.ran + third.ran} ran, ${dialogs.length} dialogs, ${violations.length} violations, ${foreign.length} foreign requests`)
  expect(first.ran + second.ran + third.ran).toBe(0)
  expect([...dialogs, ...foreign, ...violations]).toEqual([])
  expect(first.seen + second.seen).toBeGreaterThan(5)
})
