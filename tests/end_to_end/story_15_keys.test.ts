/**
 * Keys that are forgotten, phones that are shared: every row of "忘了、丢了怎么办" as people live it, in real Chromium, and nothing that was saved
 * is lost. The phone's own lock is Chromium's virtual authenticator with PRF; its address is `localhost`, because WebAuthn takes no IP number.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CDPSession } from 'playwright-core'
import { PHONE, TestBrowser } from './driver/browser'
import { recordUnlinked } from './driver/casework'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NEW_PASSWORD = '院子里有三棵枣树结果了'
const NEW_PIN = '628415'
const NAME = '薛桂香'
let server: Server
let origin: string
let worker: Person
let authenticator: string
let tools: CDPSession

async function linkAgain(name: string): Promise<string> {
  const { printed } = server.command('enrol', name)
  const code = /enrol#([0-9A-Z-]+)/.exec(printed)?.[1]
  if (!code) throw new Error(printed)
  return `${origin}/enrol#${code}`
}
const atHome = (link: string): string => link.replace(/^https?:\/\/[^/]+/, origin)

/** The phone's own lock, as Chromium plays it: a platform authenticator that knows the user and has PRF. */
async function putLockIn(): Promise<void> {
  tools = await worker.page.context().newCDPSession(worker.page)
  await tools.send('WebAuthn.enable')
  const made = await tools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, hasPrf: true, automaticPresenceSimulation: true, isUserVerified: true },
  })
  authenticator = made.authenticatorId
}
async function lock(): Promise<void> {
  await worker.goTo('/me')
  await worker.press('锁上')
  await worker.page.locator('h1').filter({ hasText: /您好|打开保险箱/ }).waitFor()
}
/** The button's words change while keys are derived: open is what Me says. */
async function isOpen(): Promise<void> {
  await worker.page.waitForURL((url) => url.pathname !== '/unlock', { timeout: 60_000 })
  await worker.goTo('/me')
  await worker.page.getByText('全部户档已打开。').first().waitFor({ timeout: 60_000 })
}
const holderRow = (name: string) => worker.page.getByRole('button', { name: new RegExp(`^${name}(?!（)`) }) // not an earlier vault of the same person

beforeAll(async () => {
  server = await Server.make()
  origin = `http://localhost:${server.port}`
  worker = new Person('林小满', await TestBrowser.open('keys', PHONE), { password: '晚饭吃了三大碗米饭呀', pin: '739184' })
  await worker.enrol(atHome(server.linkOf('林小满')))
  await worker.statusSays(/已全部上传|没有未上传/, 60_000)
})

afterAll(async () => {
  await worker.browser.dispose()
  await server.dispose()
})

describe('the phone’s own lock', () => {
  it('is offered, set up in one tap, and from then on opens everything, offline too', async () => {
    await worker.goTo('/keys')
    await worker.sees('这台手机或浏览器没有可用的指纹或面容')
    await putLockIn()
    await worker.goTo('/me')
    await worker.goTo('/keys')
    await worker.page.locator('[data-test="fingerprint-on"]').click()
    await worker.page.locator('[data-test="fingerprint-off"]').waitFor()
    await worker.browser.screenshot('keys')
    await lock()
    await worker.browser.setOffline(true)
    await worker.sees('按手机的提示')
    await worker.press('打开全部')
    await worker.goTo('/households')
    await worker.page.getByRole('heading', { level: 1, name: '户档' }).waitFor()
    await worker.browser.setOffline(false)
  })

  it('does not know a stranger: then the other ways stand there, and open', async () => {
    await lock()
    await tools.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false })
    await worker.press('打开全部')
    await worker.sees('指纹没有通过')
    await tools.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true })
    await worker.press('用现场码（没网）')
    await worker.fill('现场码', worker.fieldCode)
    await worker.press('打开全部')
    await isOpen()
  })

  it('is taken away again, and opens nothing from then on', async () => {
    await worker.goTo('/keys')
    await worker.page.locator('[data-test="fingerprint-off"]').click()
    await worker.page.locator('[data-test="fingerprint-on"]').waitFor()
    await lock()
    await worker.page.getByText(/密码打开全部户档|PIN 只打开/).first().waitFor()
    expect(await worker.button('用指纹或面容').count()).toBe(0)
    await worker.unlockWithPassword()
    await isOpen()
  })
})

describe('forgotten', () => {
  it('the PIN: opened by the password, a new PIN opens the route, the old one does not', async () => {
    await worker.goTo('/me')
    await worker.page.getByRole('button', { name: /^换 PIN/ }).first().click()
    await worker.typePin(NEW_PIN)
    await worker.page.getByText('再输一遍').first().waitFor()
    await worker.typePin(NEW_PIN)
    await worker.page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 60_000 })
    await lock()
    if (await worker.button('用 PIN').isVisible()) await worker.press('用 PIN')
    await worker.button('1').waitFor()
    await worker.typePin(worker.secrets.pin)
    await worker.sees('不对。还可以试 9 次。')
    await worker.typePin(NEW_PIN)
    await worker.page.locator('[data-test="status-line"]').first().waitFor()
    await worker.goTo('/me')
    await worker.sees('打开全部')
  })

  it('ten wrong PINs: the screen says what now, and a draft and the unsent save are still there', async () => {
    await worker.unlockWithPassword()
    await isOpen()
    await worker.browser.setOffline(true)
    await recordUnlinked(worker, '上坪村', NAME, '门口的路滑，要修')
    await lock()
    if (await worker.button('用 PIN').isVisible()) await worker.press('用 PIN')
    for (let left = 9; left > 0; left -= 1) {
      await worker.button('1').waitFor()
      await worker.typePin('050607')
      await worker.sees(`还可以试 ${left} 次`)
    }
    await worker.typePin('050607')
    await worker.sees('PIN 错了十次')
    await worker.browser.screenshot('pin-used-up')
    await worker.unlockWithFieldCode()
    await worker.statusSays(/1 条未上传/)
    await worker.browser.setOffline(false)
    await worker.statusSays(/已全部上传/, 60_000)
  })

  it('the password: the field code opens, a new password is set, and opens', async () => {
    await worker.goTo('/keys')
    await worker.page.locator('[data-test="new-password"]').click()
    await worker.fill('新密码', NEW_PASSWORD)
    await worker.fill('再输一遍新密码', NEW_PASSWORD)
    await worker.press('换成新密码')
    await worker.sees('密码换好了')
    await lock()
    await worker.unlockWithPassword().catch(() => undefined) // the old one
    await worker.sees(/不对/)
    await worker.fill('密码', NEW_PASSWORD)
    await worker.press('打开全部')
    await isOpen()
    Object.assign(worker.secrets, { password: NEW_PASSWORD, pin: NEW_PIN })
  })

  it('the field code’s paper: read again under Me, made anew, the old one opens nothing', async () => {
    const old = worker.fieldCode
    await worker.goTo('/me')
    await worker.page.getByRole('button', { name: /现场码/ }).first().click()
    const shown = worker.page.locator('.me__code')
    await shown.waitFor()
    expect((await shown.innerText()).replace(/\D/g, '')).toBe(old)
    await worker.page.getByRole('dialog').getByRole('button', { name: '换一个现场码' }).click()
    await worker.page.getByRole('dialog').last().getByRole('button', { name: '换一个现场码' }).last().click()
    await expect.poll(async () => (await shown.innerText()).replace(/\D/g, ''), { timeout: 30_000 }).not.toBe(old)
    worker.fieldCode = (await shown.innerText()).replace(/\D/g, '')
    await worker.page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
    await lock()
    await worker.press('用现场码（没网）')
    await worker.fill('现场码', old)
    await worker.press('打开全部')
    await worker.sees(/不对/)
    await worker.fill('现场码', worker.fieldCode)
    await worker.press('打开全部')
    await isOpen()
  })

  it('both: a new code from the deputy on the same phone; what waited goes up, nothing saved is lost', async () => {
    await worker.browser.setOffline(true)
    await recordUnlinked(worker, '下坪村', '章立本', '药吃完了')
    await lock()
    await worker.browser.setOffline(false)
    const before = server.command('enrol', '林小满')
    expect(before.code).toBe(0)
    await worker.enrol(await linkAgain('林小满'))
    await worker.statusSays(/已全部上传|没有未上传/, 60_000)
    await worker.goTo('/record')
    for (const name of [NAME, '章立本']) await worker.page.getByText(name).first().waitFor({ timeout: 60_000 })
  })
})

describe('a shared phone', () => {
  it('a colleague enrols on it, each chooses who they are, and sees how much of each waits', async () => {
    await worker.goTo('/me')
    await worker.press('换一个人用')
    await worker.page.getByRole('link', { name: '在这台手机登记另一个人' }).or(worker.button('在这台手机登记另一个人')).first().click()
    const colleague = new Person('周青禾', worker.browser, { password: '后山的竹子又长高了不少', pin: '394857' })
    await colleague.open('about:blank') // his link comes from outside, as by scanning
    await colleague.enrol(atHome(server.linkOf('周青禾')))
    await colleague.statusSays(/已全部上传|没有未上传/, 60_000)
    await worker.browser.setOffline(true)
    await recordUnlinked(colleague, '和平村', '冯守义', '孩子没去上学')
    await colleague.goTo('/me')
    await colleague.press('换一个人用')
    await holderRow('周青禾').waitFor()
    expect(await holderRow('周青禾').innerText()).toContain('1 条没上传')
    expect(await worker.page.locator('main').innerText()).not.toContain('冯守义')
    await worker.browser.screenshot('who-are-you')
    await holderRow('林小满').click()
    await worker.unlockWithFieldCode()
    await isOpen()
    await worker.goTo('/record')
    await worker.page.getByText(NAME).first().waitFor()
    expect(await worker.page.locator('main').innerText()).not.toContain('冯守义')
    await worker.browser.setOffline(false)
  })

  it('whoever has a network sends the other’s sealed save along', async () => {
    await isOpen()
    await worker.syncNow()
    await worker.press('换一个人用')
    await expect.poll(async () => {
      await worker.goTo('/me')
      await worker.goTo('/unlock')
      await holderRow('周青禾').waitFor()
      return holderRow('周青禾').innerText()
    }, { timeout: 60_000 }).not.toContain('没上传')
  })
})

describe('gone', () => {
  it('the browser’s data is cleared: the phone begins as a new one, and what went up comes back', async () => {
    await worker.browser.setOffline(false)
    const clearing = await worker.page.context().newCDPSession(worker.page)
    await clearing.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await worker.open(origin)
    await worker.page.getByText('登记码').first().waitFor()
    await worker.enrol(await linkAgain('林小满'))
    await worker.statusSays(/已全部上传|没有未上传/, 60_000)
    await worker.goTo('/record')
    await worker.page.getByText(NAME).first().waitFor({ timeout: 60_000 })
  })

  it('the page that says all this stands there with everything closed, and says of each what is lost', async () => {
    await lock()
    await worker.goTo('/keys')
    const events = worker.page.locator('[data-test^="event-"]')
    await events.first().waitFor()
    expect(await events.count()).toBe(9)
    for (const event of await events.all()) await event.locator('summary').click()
    for (const words of ['忘了 PIN', '忘了密码', '密码和现场码都忘了', '手机丢了', '浏览器的数据被清掉了', '什么都不会丢']) await worker.sees(words)
    await worker.browser.screenshot('keys-forgotten')
  })
})
