/**
 * The browser's half of `scripts/prove T-1c`: a phone that was revoked comes back. Two people share it; one loses the device's right, then
 * the other. A deputy in a browser of her own revokes them; the phone is used as any day, and wipes itself.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { recordUnlinked } from './driver/casework'
import { Person } from './driver/person'
import { dumpStores } from './driver/stores'

interface Given { origin: string; link: string; otherLink: string; link2: string; names: string[]; notes: string[]; control: string; out: string; before: string; shared: string; after: string; unheard: string }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
const COPY = { recursive: true, filter: (path: string) => !path.includes('Singleton') }
const browsers: TestBrowser[] = []
const replicas: Record<string, string> = {}

/** The deputy's hand: a call of the control server, which the Python half answers. */
async function revoke(replica: string): Promise<void> {
  const answer = await fetch(`${given.control}/revoke/${replica}`, { method: 'POST' })
  expect(answer.status).toBe(204)
}

async function phoneOf(name: string): Promise<TestBrowser> {
  const browser = await TestBrowser.open(name, PHONE)
  browsers.push(browser)
  return browser
}
async function vaultsOf(person: Person): Promise<string[]> {
  return (await person.page.evaluate(() => indexedDB.databases())).map((one) => one.name as string).filter((name) => name.startsWith('yihu-'))
}

afterAll(async () => {
  for (const browser of browsers) await browser.dispose()
})

test('two people share a phone; the first is revoked and only that vault goes, after its saves went up', async () => {
  const browser = await phoneOf('revoked')
  const first = new Person('林小满', browser, { password: '晚饭吃了三大碗米饭呀', pin: '739184' })
  await first.enrol(given.link)
  await first.statusSays(/已全部上传/, 60_000)
  const [own] = await vaultsOf(first)
  replicas['first'] = own!.replace('yihu-', '')
  await first.goTo('/me')
  await first.press('换一个人用')
  const second = new Person('周青禾', browser, { password: '院子里有三棵枣树结果了', pin: '628415' })
  await second.enrol(given.otherLink)
  await second.statusSays(/已全部上传/, 60_000)
  replicas['second'] = (await vaultsOf(second)).find((name) => name !== own)!.replace('yihu-', '')
  await second.goTo('/me')
  await second.press('换一个人用')

  // The first records something with no network; then the phone is reported lost.
  await browser.setOffline(true)
  await first.page.getByRole('button', { name: /林小满/ }).click()
  await first.unlockWithFieldCode()
  await first.goTo('/households')
  await first.sees(given.names[0]!)
  await recordUnlinked(first, '上坪村', given.names[5]!, given.notes[5]!)
  await first.goTo('/me')
  await first.press('锁上')
  const stores = await dumpStores(first.page)
  writeFileSync(given.out, JSON.stringify({ stores, replicas }))
  await revoke(replicas['first'])
  await browser.close()
  cpSync(browser.profile, given.before, COPY)

  // Somebody opens the app somewhere with a network.
  await browser.start()
  await first.open(given.origin)
  await expect.poll(async () => vaultsOf(first), { timeout: 60_000 }).toEqual([`yihu-${replicas['second']}`])
  await first.sees('这台手机上有一个保险箱已被站里停用')
  await second.unlockWithPassword()
  await second.statusSays(/已全部上传/, 60_000)
  await second.goTo('/households')
  await second.sees(given.names[0]!)
  await browser.close()
  cpSync(browser.profile, given.shared, COPY)
})

test('the second is revoked as well: the browser is told to forget everything, and says why to whoever looks', async () => {
  const [browser] = browsers as [TestBrowser]
  await browser.start()
  const second = new Person('周青禾', browser, { password: '院子里有三棵枣树结果了', pin: '628415' })
  await revoke(replicas['second']!)
  await second.open(given.origin)
  await second.page.locator('[data-test="wiped"]').waitFor({ timeout: 60_000 })
  await expect.poll(async () => vaultsOf(second), { timeout: 30_000 }).toEqual([])
  await second.page.waitForTimeout(2000)
  await browser.close()
  cpSync(browser.profile, given.after, COPY)
})

test('the same without the header: teeth; and a revoked phone in airplane mode opens nothing by password', async () => {
  const browser = await phoneOf('unheard')
  const person = new Person('林小满', browser, { password: '晚饭吃了三大碗米饭呀', pin: '739184' })
  await person.enrol(given.link2)
  await person.statusSays(/已全部上传/, 60_000)
  const [own] = await vaultsOf(person)
  const stores = await dumpStores(person.page)
  await person.goTo('/me')
  await person.press('锁上')
  await browser.setOffline(true)
  await revoke(own!.replace('yihu-', ''))
  await person.goTo('/unlock')
  await person.press('用密码（有网）')
  await person.fill('密码', person.secrets.password)
  await person.press('打开全部')
  await person.sees('现在没有网')
  await browser.setOffline(false)
  await person.page.route('**/api/v1/wipe-order/done', async (route) => {
    const answer = await route.fetch()
    const headers = { ...answer.headers() }
    expect(headers['clear-site-data']).toContain('storage')
    delete headers['clear-site-data']
    await route.fulfill({ response: answer, headers })
  })
  await person.open(given.origin)
  await person.page.locator('[data-test="wiped"]').waitFor({ timeout: 60_000 })
  await expect.poll(async () => vaultsOf(person), { timeout: 30_000 }).toEqual([])
  await browser.close()
  cpSync(browser.profile, given.unheard, COPY)
  writeFileSync(`${given.out}.unheard`, JSON.stringify({ stores }))
  console.log('PROOF 3 vaults of 2 phones revoked')
})
