/** The browser's half of `scripts/prove T-1b`: a phone with a route of today, and all that lies in it, as a laboratory reads it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { field } from './driver/casework'
import { Person } from './driver/person'
import { dumpStores } from './driver/stores'

interface Given { origin: string; link: string; households: { file: string; head: string }[]; names: string[]; pin: string; password: string; image: string; out: string }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
let worker: Person

afterAll(async () => worker?.browser.dispose())

test('a phone with a route of today is taken out of a pocket', async () => {
  worker = new Person('林小满', await TestBrowser.open('guessed', PHONE), { password: given.password, pin: given.pin })
  await worker.enrol(given.link)
  await worker.statusSays(/已全部上传/, 60_000)
  await worker.goTo(`/households/${given.households[0]!.file}`)
  await worker.press('改风险、类别、下次走访')
  await field(worker, 'next_visit_on').locator('input').fill(new Date().toLocaleDateString('sv-SE'))
  await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
  await worker.page.getByRole('dialog').waitFor({ state: 'hidden' })
  await worker.goTo('/')
  await worker.page.getByRole('article', { name: given.names[0]!, exact: true }).getByRole('button', { name: '加到路线' }).click()
  await worker.sees('这些户，没网时用 PIN 就能打开。')
  await worker.statusSays(/已全部上传/)
  // It locks itself in the pocket; everything that then lies in it is the thief's, cookies too.
  await worker.goTo('/me')
  await Promise.all([worker.page.waitForResponse((response) => response.url().endsWith('/sessions/read') && response.request().method() === 'DELETE'), worker.press('锁上')])
  const cookies = await worker.page.context().cookies()
  const stores = await dumpStores(worker.page)
  await worker.browser.close()
  cpSync(worker.browser.profile, given.image, { recursive: true, filter: (path) => !/Singleton/.test(path) })
  writeFileSync(given.out, JSON.stringify({ stores, cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])), fieldCode: worker.fieldCode }))
  expect(Object.keys(stores).length).toBe(2)
  console.log(`PROOF ${given.households.length} households on the phone, 1 on the route`)
})
