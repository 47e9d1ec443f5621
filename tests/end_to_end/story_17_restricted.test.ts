/**
 * What few may know: a worker writes it down and reads it no more, her deputy reads it, a colleague sees nothing of it anywhere until she is
 * named, and nothing again once that is taken back. The household's page, its history and the family's copy say nothing.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isAccessible } from './driver/accessible'
import { PHONE, TestBrowser } from './driver/browser'
import { field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NAME = '覃秋月'
const NOTE = '夜里常听见争吵，手臂有新伤'
const TOLD_BY = '隔壁的阿婆'
let server: Server
let worker: Person
let deputy: Person
let colleague: Person
let home = ''
const everyone = () => [worker, deputy, colleague]

beforeAll(async () => {
  server = await Server.make()
  worker = new Person('林小满', await TestBrowser.open('restricted-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  deputy = new Person('沈若兰', await TestBrowser.open('restricted-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  colleague = new Person('周青禾', await TestBrowser.open('restricted-colleague', PHONE), { password: '山坡上种了二十棵桃树', pin: '905127' })
  for (const person of everyone()) await person.enrol(server.linkOf(person.name))
})
afterAll(async () => {
  for (const person of everyone()) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => everyone())

const at = (person: Person, test: string) => person.page.locator(`[data-test="${test}"]`)
const text = (person: Person) => person.page.locator('body').innerText()
const box = (person: Person, name: string) => person.page.getByRole('dialog').getByRole('textbox', { name, exact: true })
async function show(person: Person, path: string): Promise<string> {
  await person.goTo('/me')
  await person.goTo(path)
  await person.page.locator('.y-spinner').waitFor({ state: 'detached' })
  await person.settled()
  return text(person)
}
const SECRET = new RegExp(`${NOTE}|${TOLD_BY}|严重精神障碍`)

it('a worker writes what few may know, and reads it no more', async () => {
  await worker.goTo('/households')
  await at(worker, 'new-household').first().click()
  await field(worker, 'members.name').locator('input').fill(NAME)
  await worker.page.getByRole('group', { name: '村', exact: true }).or(worker.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: '竹山村' }).first().click()
  await worker.page.getByLabel('门牌', { exact: true }).fill('18')
  await at(worker, 'make-household').first().click()
  await worker.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
  home = new URL(worker.page.url()).pathname
  await at(worker, 'to-restricted').click()
  await at(worker, 'restricted-readers').getByText('沈若兰').waitFor()
  await at(worker, 'write-restricted').click()
  await worker.page.getByRole('dialog').locator('label').filter({ hasText: '家庭暴力' }).first().click()
  await box(worker, '内容').fill(NOTE)
  await box(worker, '谁说的').fill(TOLD_BY)
  await worker.settled()
  await isAccessible(worker.browser, 'restricted-writing')
  await at(worker, 'save-restricted').click()
  await worker.sees('已封存。只有指定的人能看，这台手机上不再显示。')
  expect(await at(worker, 'restricted').count()).toBe(0)
  await worker.syncNow()
  for (const path of [`${home}/restricted`, home, `${home}/history`, `${home}/copy`, '/sync', '/inbox']) expect(await show(worker, path)).not.toMatch(SECRET)
})

it('her deputy reads it, covered until asked for, and adds what came later', async () => {
  await deputy.syncNow()
  expect(await show(deputy, home)).not.toMatch(SECRET)
  await at(deputy, 'to-restricted').click()
  await at(deputy, 'restricted').first().waitFor()
  expect(await text(deputy)).not.toMatch(SECRET)
  await at(deputy, 'show-restricted').first().click()
  await deputy.sees(NOTE)
  await deputy.sees(new RegExp(TOLD_BY))
  await isAccessible(deputy.browser, 'restricted-reading')
  await deputy.page.getByRole('textbox', { name: '补记', exact: true }).fill('已和妇联商定每周去一次')
  await at(deputy, 'add-note').click()
  await deputy.sees('已补记。')
})

it('a colleague of the patch sees nothing of it until she is named, and nothing again afterwards', async () => {
  await colleague.syncNow()
  for (const path of [home, `${home}/restricted`, `${home}/history`]) expect(await show(colleague, path)).not.toMatch(SECRET)
  expect(await at(colleague, 'restricted').count()).toBe(0)

  await show(deputy, `${home}/restricted`)
  await at(deputy, 'name-reader').click()
  await deputy.page.getByRole('dialog').locator('label').filter({ hasText: '周青禾' }).first().click()
  await at(deputy, 'name-now').click()
  await deputy.sees('已指定。下次同步后生效。')
  await colleague.syncNow()
  await colleague.syncNow()
  await show(colleague, `${home}/restricted`)
  await at(colleague, 'show-restricted').first().click()
  await colleague.sees(NOTE)

  await at(deputy, 'unname').first().click()
  await deputy.page.getByRole('dialog').last().getByRole('button', { name: '取消', exact: true }).last().click()
  await deputy.sees('已取消。')
  await colleague.syncNow()
  await colleague.syncNow()
  await expect.poll(async () => show(colleague, `${home}/restricted`), { timeout: 60_000 }).not.toMatch(SECRET)
  await expect.poll(() => at(colleague, 'restricted').count()).toBe(0)
})
