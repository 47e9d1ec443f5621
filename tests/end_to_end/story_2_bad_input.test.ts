/** What goes wrong around people: used links, wrong secrets, a captive portal, a phone that refuses or is full. Nothing is lost. */
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { correctPhone, openHousehold } from './driver/casework'
import { Person } from './driver/person'
import { Portal } from './driver/portal'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'

let server: Server
let portal: Portal
let terminal: Terminal
let worker: Person
let stranger: Person

/** The same link, as seen through the portal: people know its address alone. */
const through = (link: string) => link.replace(server.origin, portal.origin)

beforeAll(async () => {
  server = await Server.make()
  portal = await Portal.before(server.port)
  terminal = new Terminal(server.linkOf('周青禾'))
  terminal.run('sync')
  terminal.run('new', '--head', '单水生', 'phone=13900000990')
  terminal.run('sync')
  worker = new Person('林小满', await TestBrowser.open('careless', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  stranger = new Person('某人', await TestBrowser.open('stranger', PHONE), { password: '随便写一句很长的话吧', pin: '482915' })
})
afterAll(async () => {
  await worker?.browser.dispose()
  await stranger?.browser.dispose()
  terminal?.dispose()
  await portal?.dispose()
  await server?.dispose()
})

const shootOnFailure = (name: string) => onTestFailed(async () => {
  await worker.browser.screenshot(`failed-${name}-worker`).catch(() => undefined)
  await stranger.browser.screenshot(`failed-${name}-stranger`).catch(() => undefined)
})

describe('bad input', () => {
  it('a wrong enrolment code says so and asks for the right one', async () => {
    shootOnFailure('wrong-code')
    await stranger.open(`${server.origin}/enrol#AAAA-BBBB-CCCC-DDDD`)
    await stranger.sees('登记码不对、过期了或已经用过')
  })

  it('opening a link does not use it up, enrolling does: the second phone is told', async () => {
    shootOnFailure('used-link')
    const link = through(server.linkOf('林小满'))
    await stranger.open(link)
    await stranger.button('是我，继续').waitFor()
    await worker.enrol(link)
    await worker.statusSays(/已全部上传/, 60_000)
    await stranger.open('about:blank')
    await stranger.open(link)
    await stranger.sees(/已经登记过一台手机|登记码不对、过期了或已经用过/)
  })

  it('a captive portal that answers 200 with a page counts as no answer; the save stays and goes up later', async () => {
    shootOnFailure('portal')
    await openHousehold(worker, '单水生')
    portal.isClosed = true
    await correctPhone(worker, '13900000777')
    await expect.poll(() => portal.answered, { timeout: 30_000 }).toBeGreaterThan(0)
    await worker.statusSays(/1 条未上传/)
    expect(await worker.status()).not.toContain('已全部上传')
    portal.isClosed = false
    await worker.syncNow()
    terminal.run('sync')
    expect(terminal.run('show', '单水生')).toContain('13900000777')
  })

  it('a wrong password opens nothing and leaves the saves where they are', async () => {
    shootOnFailure('wrong-password')
    await worker.browser.kill()
    await worker.browser.start()
    await worker.open(portal.origin)
    const right = worker.secrets.password
    await worker.goTo('/unlock')
    await worker.page.getByLabel('密码', { exact: true }).or(worker.button('用密码（有网）')).first().waitFor()
    if (await worker.button('用密码（有网）').isVisible()) await worker.press('用密码（有网）')
    await worker.fill('密码', '这句话不是我的密码')
    await worker.press('打开全部')
    await worker.sees(/不对/)
    await worker.fill('密码', right)
    await worker.press('打开全部')
    await worker.button('打开全部').waitFor({ state: 'hidden' })
    await openHousehold(worker, '单水生')
  })

  it('a browser that refuses to store is told so and uses no code up: the same link enrols elsewhere', async () => {
    shootOnFailure('storage')
    const link = server.linkOf('贺长庚')
    await stranger.page.addInitScript(() => {
      const refuse = () => { throw new DOMException('The user denied permission to access the database.', 'SecurityError') }
      Object.defineProperty(window, 'indexedDB', { get: refuse })
    })
    await stranger.open('about:blank')
    await stranger.open(link)
    await stranger.chooseSecrets()
    await stranger.sees('登记码没有用掉，可以再试。')
    await stranger.browser.kill()
    await stranger.browser.start()
    await stranger.enrol(link)
    await stranger.statusSays(/已全部上传/, 60_000)
  })

  it('a full phone keeps what was typed on the page and says what to do', async () => {
    shootOnFailure('full')
    await worker.page.evaluate(() => {
      const real = IDBDatabase.prototype.transaction
      IDBDatabase.prototype.transaction = function (stores, mode, options) {
        const transaction = real.call(this, stores, mode, options)
        if (mode === 'readwrite') setTimeout(() => { try { transaction.abort() } catch { /* finished before */ } })
        return transaction
      }
    })
    await worker.page.locator('[data-test="edit-phone"]').click()
    await worker.page.locator('[data-test="field-phone"] input').fill('13900000888')
    await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
    await worker.page.getByRole('dialog').getByRole('alert').waitFor()
    expect(await worker.page.locator('[data-test="field-phone"] input').inputValue()).toBe('13900000888')
  })
})
