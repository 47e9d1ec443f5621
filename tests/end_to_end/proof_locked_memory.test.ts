/** The browser's half of `scripts/prove T-1e`: what lies in memory while a vault is open, and what of it after the phone locked itself. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { conclusion, search } from './driver/casework'
import { readMemory, type Memory } from './driver/heap'
import { Person } from './driver/person'

interface Given { origin: string; link: string; households: { file: string; head: string }[]; words: string[]; names: string[]; notes: string[]; told: string }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
const PASSWORD = '晚饭吃了三大碗米饭呀'
const IDLE_MS = 6 * 60_000
let worker: Person

afterAll(async () => worker?.browser.dispose())

const summary = (memory: Memory) => ({ words: given.words.filter((word) => memory.strings.includes(word)), keys: memory.keys, heaps: memory.heaps, strings: memory.strings.length })

test('a phone that locked itself holds no word and no key', async () => {
  worker = new Person('林小满', await TestBrowser.open('locked', PHONE), { password: PASSWORD, pin: '739184' })
  // The page's clock can be put on; everything else about it is the browser's.
  await worker.page.addInitScript(() => {
    const real = Date.now
    let later = 0
    Date.now = () => real() + later
    addEventListener('later', (event) => (later += (event as CustomEvent<number>).detail))
  })
  await worker.enrol(given.link)
  await worker.statusSays(/已全部上传/, 60_000)
  await search(worker, given.names[1]!)
  for (const at of [0, 1, 2]) {
    await worker.goTo(`/households/${given.households[at]!.file}`)
    await worker.sees(given.names[at]!)
  }
  await worker.goTo(`/households/${given.households[2]!.file}/assessment`)
  await conclusion(worker).fill(given.notes[6]!)
  await worker.page.waitForTimeout(2500)
  const open = await readMemory(worker.page)

  // Six minutes pass without a touch: the phone's own clockwork locks it.
  await worker.page.evaluate((ms) => void dispatchEvent(new CustomEvent('later', { detail: ms })), IDLE_MS)
  await worker.button('用密码（有网）').waitFor({ timeout: 60_000 })
  await expect.poll(async () => (await readMemory(worker.page)).keys.length, { timeout: 30_000, interval: 2_000 }).toBe(0)
  const locked = await readMemory(worker.page)

  const secrets = [PASSWORD, worker.fieldCode, worker.secrets.pin].filter((secret) => new RegExp(`(^|\\n)${secret}(\\n|$)`).test(locked.strings))
  writeFileSync(given.told, JSON.stringify({ open: summary(open), locked: summary(locked), secrets }))
})
