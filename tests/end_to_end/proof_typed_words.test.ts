/**
 * The browser's half of `scripts/prove T-1d`: words typed into every kind of field of the app and left there, then the browser dies. And the
 * same on a plain page, where one field lacks the attribute that keeps words out of the browser's files: what the search must see.
 */
import { cpSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { Person } from './driver/person'

interface Given { origin: string; link: string; names: string[]; numbers: string[]; phones: string[]; notes: string[]; households: { file: string }[]; kept: string; bare: string; plain: string }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
const COPY = { recursive: true, filter: (path: string) => !path.includes('Singleton') }
const SETTLED_MS = 12_000 // what a browser would restore is on disk by then
let worker: Person
const addresses: string[] = []
let fields = 0

afterAll(async () => worker?.browser.dispose())

/** Types a word into each field that stands on the screen, as fingers do. */
async function typeEverywhere(word: string): Promise<void> {
  const boxes = worker.page.locator('.y-page input:not([type=radio]):not([type=checkbox]):not([type=file]):not([type=date]):not([type=time]):visible, .y-page textarea:visible')
  // Fields for words are folded until they are wanted.
  const folded = worker.page.locator('.y-page button.y-unfold').filter({ hasText: /^\s*(写几句|备注)/ })
  await boxes.or(folded).first().waitFor()
  if (await folded.first().isVisible()) await folded.first().click()
  await boxes.first().waitFor()
  for (const box of await boxes.all()) {
    if (!(await box.isVisible()) || !(await box.isEditable())) continue
    await box.click()
    await box.pressSequentially(word.slice(0, 40))
    fields += 1
  }
  addresses.push(worker.page.url())
}

test('words are typed on every screen with fields, and stay in none of the browser’s own files', async () => {
  worker = new Person('林小满', await TestBrowser.open('typed', PHONE), { password: '晚饭吃了三大碗米饭呀', pin: '739184' })
  worker.page.on('request', (request) => addresses.push(request.url()))
  await worker.enrol(given.link)
  await worker.statusSays(/已全部上传/, 60_000)
  const [first] = given.households as [{ file: string }]
  for (const [path, word] of [['/households', given.names[0]!], ['/new-household', given.names[1]!], [`/households/${first.file}/visit`, given.notes[0]!], [`/households/${first.file}/assessment`, given.notes[1]!], ['/record', given.names[2]!]] as const) {
    await worker.goTo(path)
    await worker.page.locator('main').first().waitFor()
    await worker.settled()
    if (path.endsWith('/visit')) await worker.page.locator('main label.y-chip').filter({ hasText: /^需留意/ }).first().click() // its words are asked for then
    await typeEverywhere(word)
    await worker.page.waitForTimeout(2500)
  }
  await worker.goTo('/me')
  await worker.press('锁上')
  await worker.goTo('/unlock')
  await worker.press('用密码（有网）')
  await worker.fill('密码', given.numbers[0]!)
  await worker.press('用现场码（没网）')
  await worker.page.getByLabel('现场码', { exact: true }).pressSequentially(given.numbers[1]!)
  fields += 2
  await worker.page.waitForTimeout(SETTLED_MS)
  await worker.browser.kill()
  cpSync(worker.browser.profile, given.kept, COPY)
  const words = [...given.names, ...given.numbers, ...given.phones, ...given.notes]
  expect(addresses.filter((address) => words.some((word) => decodeURIComponent(address).includes(word)))).toEqual([])
  expect(fields).toBeGreaterThan(9)
  console.log(`PROOF ${fields} fields typed into, ${new Set(addresses).size} addresses`)
})

test('fields on a page of nobody’s, one with the attribute and one without: teeth', async () => {
  const browser = await TestBrowser.open('bare', PHONE) // a new one: after a crash Chromium writes no sessions for a while
  await browser.page.goto(given.plain)
  await browser.page.locator('#bare').pressSequentially(given.notes[9]!)
  await browser.page.locator('#off').pressSequentially(given.notes[8]!)
  await browser.page.waitForTimeout(SETTLED_MS)
  await browser.kill()
  cpSync(browser.profile, given.bare, COPY)
  await browser.dispose()
})
