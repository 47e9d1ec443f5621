/**
 * A phone whose storage was copied to another: two saves get one number. The second is kept beside the first, the deputy
 * enters its words again, the copy gets a key of its own, and nobody loses a word.
 */
import { cpSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { correctPhone, field, openHousehold } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { findInClear } from './driver/leaks'
import { Person } from './driver/person'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'
import { decide, openDeputyAndWorker, openSave, openWaiting, sync } from './driver/verdicts'

const SLOW_MS = 600_000
let server: Server
let deputy: Person
let worker: Person
let copy: Person

beforeAll(async () => {
  server = await Server.make()
  const terminal = new Terminal(server.linkOf('周青禾'))
  terminal.run('new', '--head', '钱大桥', 'phone=13900000300')
  terminal.run('sync')
  terminal.dispose()
  ;({ deputy, worker } = await openDeputyAndWorker())
}, SLOW_MS)
afterAll(async () => {
  for (const person of [deputy, worker, copy]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker, copy])

/** A second phone whose profile is, file by file, that of the first. */
async function copyPhone(): Promise<Person> {
  await worker.browser.close()
  const browser = await TestBrowser.open('copy', PHONE)
  await browser.kill()
  cpSync(worker.browser.profile, browser.profile, { recursive: true, force: true, filter: (path) => !/Singleton|lockfile/.test(path) })
  await worker.browser.start()
  await browser.start()
  return new Person('林小满', browser, worker.secrets)
}

async function typeDirections(person: Person, words: string): Promise<void> {
  await openHousehold(person, '钱大桥')
  await person.press('改住址和怎么走')
  await field(person, 'directions').locator('textarea, input').fill(words)
}

async function keep(person: Person): Promise<void> {
  await person.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
  await person.page.getByRole('dialog').waitFor({ state: 'hidden' })
}

/** A fresh code of the same person, made by the deputy as she would make it for a lost phone. */
async function freshCode(name: string): Promise<string> {
  await deputy.goTo('/staff')
  await deputy.page.locator('[data-test="person"]').filter({ hasText: name }).getByRole('button', { name: /登记链接/ }).click()
  const code = await deputy.page.locator('[data-test="enrolment-code"]').innerText()
  await deputy.page.getByRole('dialog').locator('.y-button--primary').click()
  return code
}

async function renew(person: Person, code: string): Promise<void> {
  await person.goTo('/')
  await person.page.locator('[data-test="renewal"]').waitFor()
  await person.goTo('/renew')
  await person.fill('登记码', code)
  await person.fill('打开密码', person.secrets.password)
  await person.fill('再输一遍', person.secrets.password)
  await person.browser.screenshot('renew')
  await person.page.locator('[data-test="renew"]').click()
  await person.page.getByText('登记好了，以后存的用新编号。').first().waitFor({ timeout: 60_000 })
}

describe('a copied phone', () => {
  it('deputy and worker enrol and get the household', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    for (const person of [deputy, worker]) await person.statusSays(/已全部上传/, 60_000)
  })

  it('is found at the first save of the second copy, which keeps its words and says so', async () => {
    await openHousehold(worker, '钱大桥')
    await correctPhone(worker, '13900000311')
    await sync(worker)
    copy = await copyPhone()
    for (const person of [worker, copy]) {
      await person.open(server.origin)
      await person.unlockWithPassword()
      await openHousehold(person, '钱大桥')
    }
    await copy.browser.setOffline(true)
    await correctPhone(copy, '13900000344')
    await correctPhone(worker, '13900000333')
    await sync(worker)
    await copy.browser.setOffline(false)
    await sync(copy)
    await openSave(copy, '钱大桥')
    await copy.page.locator('[data-test="uncover"]').click()
    await copy.sees('13900000344')
    await copy.sees('这台手机的存储被复制或退回过，编号重了。')
    await copy.browser.screenshot('own-save-fork')
    await sync(worker)
    for (const person of [worker, copy]) {
      await person.goTo('/')
      await person.page.locator('[data-test="renewal"]').waitFor()
    }
    await openHousehold(worker, '钱大桥')
    await worker.sees('139••••0333')
  })

  it('has its words entered again by the deputy, beside what stands now, under her name', async () => {
    await sync(deputy)
    await deputy.goTo('/staff')
    await deputy.page.locator('[data-test="forked"]').waitFor()
    await openWaiting(deputy, '编号重了', '钱大桥')
    await deputy.sees('现在是 139••••0333 →')
    expect(await deputy.page.locator('[data-test="accept"]').count()).toBe(0) // never under a number that another save has
    await deputy.browser.screenshot('desk-fork')
    await decide(deputy, 'reissue', '小满手机复制过，代他录入')
    await openHousehold(deputy, '钱大桥')
    await deputy.page.locator('[data-test="edit-phone"]').click()
    await expect.poll(() => field(deputy, 'phone').locator('input').inputValue(), { timeout: 20_000 }).toBe('13900000344')
    await deputy.page.keyboard.press('Escape')
    await sync(deputy)
    await sync(copy)
    await openSave(copy, '钱大桥')
    await copy.sees('副站长已经代您重新录入。')
    await sync(worker)
    await openHousehold(worker, '钱大桥')
    await worker.sees('139••••0344')
  })

  it('gets a key of its own with a fresh code, and keeps what was half written and what was not sent', async () => {
    await copy.browser.setOffline(true)
    await openHousehold(copy, '钱大桥')
    await correctPhone(copy, '13900000355') // under the old number still: goes up as it is
    await typeDirections(copy, '换号以前写的路')
    await copy.page.keyboard.press('Escape')
    await copy.goTo('/')
    await copy.sees(/改了一半，没存/)
    await copy.browser.setOffline(false)
    await renew(copy, await freshCode('林小满'))
    await copy.goTo('/')
    expect(await copy.page.locator('[data-test="renewal"]').count()).toBe(0)
    await copy.page.getByRole('link', { name: /改了一半，没存/ }).first().click()
    const directions = field(copy, 'directions').locator('textarea, input')
    await directions.waitFor()
    await expect.poll(() => directions.inputValue(), { timeout: 20_000 }).toBe('换号以前写的路')
    await keep(copy)
    await sync(copy)
    await sync(deputy)
    await openHousehold(deputy, '钱大桥')
    await deputy.sees('换号以前写的路')
  })

  it('works on beside the first phone: what it saves now is taken in like anybody’s', async () => {
    await openHousehold(copy, '钱大桥')
    await correctPhone(copy, '13900000366')
    await sync(copy)
    await sync(worker)
    await openHousehold(worker, '钱大桥')
    await worker.sees('139••••0366')
    await worker.page.reload()
    await worker.unlockWithPassword()
    await copy.page.reload()
    await copy.unlockWithPassword()
    await openHousehold(copy, '钱大桥')
    await copy.sees('139••••0366')
  })

  it('leaves nothing in clear in the profiles or with the server', async () => {
    for (const person of [worker, copy]) await person.browser.kill()
    for (const folder of [worker.browser.profile, copy.browser.profile, server.data]) expect(findInClear(folder, ['13900000344', '换号以前写的路', '小满手机复制过'])).toEqual([])
    for (const person of [deputy, worker, copy]) expect(person.browser.errors).toEqual([])
  })
})
