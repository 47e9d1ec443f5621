/**
 * Grandparents with a left-behind child at risk: found, taken on, agreed with, assessed as red, reported and planned for, all offline; then
 * reviewed by the deputy, who is the second person for the risk. Screens are held to axe's rules on the way.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { isAccessible as isScreenAccessible } from './driver/accessible'
import { PHONE, TestBrowser } from './driver/browser'
import { addMember, field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NAME = '覃阿婆'
const CHILD = '覃小妹'

let server: Server
let deputy: Person
let worker: Person
let home = ''

beforeAll(async () => {
  server = await Server.make()
  deputy = new Person('沈若兰', await TestBrowser.open('case-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('case-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
})
afterAll(async () => {
  for (const person of [deputy, worker]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker])

const press = (person: Person, test: string) => person.page.locator(`[data-test="${test}"]`).first().click()
const chip = (within: Locator, words: string) => within.locator('label.y-chip').filter({ hasText: new RegExp(`^${words}`) }).first()
const choose = (person: Person, name: string, words: string) => chip(field(person, name), words).click()
const write = (person: Person, name: string, text: string) => field(person, name).locator('textarea, input').first().fill(text)
const part = (person: Person, group: string, name: string) => person.page.locator('fieldset').filter({ has: person.page.locator('legend', { hasText: new RegExp(`^${group}$`) }) }).locator(`[data-test="field-${name}"]`)
const atCase = (person: Person) => person.page.locator('h1', { hasText: '服务进程' }).waitFor()

async function isAccessible(person: Person, what: string): Promise<void> {
  await person.settled()
  await isScreenAccessible(person.browser, `case-${what}`)
}

describe('grandparents and a child at risk', () => {
  it('are found and taken on without a network: file, child, intake, consent', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    await worker.statusSays(/已全部上传/)
    await worker.browser.setOffline(true)
    await worker.goTo('/households')
    await press(worker, 'new-household')
    await field(worker, 'members.name').locator('input').fill(NAME)
    await worker.page.getByRole('group', { name: '村', exact: true }).or(worker.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: '竹山村' }).first().click()
    await worker.page.getByLabel('门牌', { exact: true }).fill('3号')
    await press(worker, 'make-household')
    await worker.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
    home = new URL(worker.page.url()).pathname
    await addMember(worker, CHILD, '孙辈')
    await press(worker, 'to-case')
    await worker.sees('还没有开案')
    await isAccessible(worker, 'not-begun')
    await press(worker, 'begin-case')
    await write(worker, 'presenting_problem', '爹妈在外头两年没回，孩子一个人睡后屋')
    await choose(worker, 'urgency', '尽快')
    await choose(worker, 'decision', '接案')
    await isAccessible(worker, 'intake')
    await press(worker, 'submit-record')
    await atCase(worker)
    await worker.goTo(`${home}/records/consent`)
    await worker.sees('不满14周岁的孩子，由监护人同意')
    await choose(worker, 'state', '同意')
    await choose(worker, 'signed_by', '监护人')
    await isAccessible(worker, 'consent')
    await press(worker, 'save-record')
    await atCase(worker)
    await worker.sees('在这一步')
  })

  it('a red flag opens the card at once; the crisis is written after, and red stands before anyone confirms it', async () => {
    await worker.goTo(`${home}/instruments/child_risk`)
    await chip(worker.page.locator('main'), CHILD).click()
    await press(worker, 'start-asking')
    const answer = (words: string) => worker.page.locator('.y-question__answer').filter({ hasText: new RegExp(`^${words}$`) }).click()
    await answer('没有')
    await answer('有')
    await worker.page.locator('[data-test="danger-card"]').waitFor()
    await isAccessible(worker, 'danger')
    for (let item = 0; item < 3; item++) await answer('没有')
    for (const words of ['严重', '没有问题', '明显', '轻', '轻', '没有问题']) await answer(words)
    expect(await worker.page.locator('[data-test="result-band"]').innerText()).toBe('红色')
    await isAccessible(worker, 'result')
    await press(worker, 'keep-result')
    await worker.sees('再测一次')
    await worker.goTo(`${home}/records/crisis`)
    await choose(worker, 'kind', '无人照料')
    await choose(worker, 'danger', '有危险')
    await write(worker, 'what_happened', '孩子夜里一个人，门锁坏的')
    await choose(worker, 'acts', '请村干部到场')
    await isAccessible(worker, 'crisis')
    await press(worker, 'submit-record')
    await atCase(worker)
    await worker.page.locator('[data-test="risk-pending"]').waitFor()
    expect(await worker.page.locator('[data-test="confirm-risk"]').count()).toBe(0)
    await isAccessible(worker, 'case')
  })

  it('a plan wants a goal with a measure, and goes out with the rest once there is a network', async () => {
    await worker.goTo(`${home}/records/plan`)
    await part(worker, '目标1', 'goal').locator('input, textarea').fill('孩子夜里有大人陪')
    await press(worker, 'submit-record')
    await worker.sees('请填写“目标1 · 要达到”')
    await part(worker, '目标1', 'target').locator('input').fill('每晚有人')
    await part(worker, '目标1', 'due_on').locator('input').fill('2027-01-31')
    await part(worker, '措施1', 'what').locator('input, textarea').fill('商量让阿婆搬到后屋')
    await field(worker, 'ends_on').locator('input').fill('2027-02-28')
    await choose(worker, 'domain', '婚姻家庭')
    await choose(worker, 'functions', '关系调适')
    await choose(worker, 'methods', '个案工作')
    await choose(worker, 'agreed_with_client', '是')
    await isAccessible(worker, 'plan')
    await press(worker, 'submit-record')
    await atCase(worker)
    await worker.browser.setOffline(false)
    await worker.statusSays(/已全部上传/, 60_000)
  })

  it('the deputy approves intake, crisis and plan, and is the second person for the risk', async () => {
    await deputy.syncNow()
    for (let left = 3; left > 0; left--) {
      await deputy.goTo('/inbox')
      await deputy.page.locator('[data-test="section-item"]').nth(left - 1).waitFor()
      await press(deputy, 'section-item')
      await deputy.page.locator('[data-test="review-row"]').first().waitFor()
      await press(deputy, 'approve')
      await deputy.sees('已经审过了')
    }
    await deputy.goTo(`${home}/case`)
    await press(deputy, 'confirm-risk')
    await deputy.page.locator('[data-test="risk-pending"]').waitFor({ state: 'detached' })
    await deputy.statusSays(/已全部上传/, 60_000)
    await isAccessible(deputy, 'deputy')
  })

  it('the worker sees the steps move on, and what is still owed', async () => {
    await worker.syncNow()
    await worker.goTo(`${home}/case`)
    await worker.page.locator('[data-test="step-identification"]').filter({ hasText: '已完成' }).waitFor()
    await worker.page.locator('[data-test="step-assessment"]').filter({ hasText: '还欠着' }).waitFor()
    expect(await worker.page.locator('[data-test="risk-pending"]').count()).toBe(0)
    await worker.goTo(`${home}/policies`)
    await worker.sees('只是提示')
    await isAccessible(worker, 'policies')
    await worker.goTo(home)
    await isAccessible(worker, 'household')
  })
})
