/**
 * What a worker meets beside the main story, each in a short chapter: speaking instead of typing, a phone that is full, a warning for whole
 * villages, the station's own questionnaire, a need on the board, the cases that stand still; and a family handed to another station.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { isAccessible } from './driver/accessible'
import { PHONE, TestBrowser } from './driver/browser'
import { field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NAME = '欧阳守田'
const WARNED = '曾桂英'
const SPOKEN = '腰比上个月好些了'
const NEED = '想要一辆旧轮椅，能自己来拉'
const SLEEP = `
id: own_sleep
version: 1
zh: 睡眠两问
en: Sleep
source: 本站自编
licence: CC0
notice: {zh: 只是了解，不是诊断。, en: No diagnosis.}
question: {zh: 最近一周, en: In the past week}
options:
  - {code: "0", zh: 没有, en: Never, score: 0}
  - {code: "1", zh: 有时, en: Sometimes, score: 1}
  - {code: "2", zh: 经常, en: Often, score: 2}
items:
  - {id: falling, zh: 睡不着, en: Cannot fall asleep}
  - {id: waking, zh: 半夜醒来, en: Wakes at night}
score: {zh: 合计, en: Total}
bands:
  - {code: well, from: 0, to: 1, zh: 睡得好, en: Well}
  - {code: badly, from: 2, to: 4, zh: 睡得不好, en: Badly}
`
const OTHER = '云溪县社会工作服务站'

let server: Server
let deputy: Person
let worker: Person
let receiver: Person
let home = ''

beforeAll(async () => {
  server = await Server.make()
  deputy = new Person('沈若兰', await TestBrowser.open('further-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('further-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  receiver = new Person('覃大山', await TestBrowser.open('further-receiver', PHONE), { password: '石桥头的枇杷黄了两棵', pin: '582047' })
})
afterAll(async () => {
  for (const person of [deputy, worker, receiver]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker, receiver])

const test = (person: Person, name: string) => person.page.locator(`[data-test="${name}"]`).first()
const press = (person: Person, name: string) => test(person, name).click()
const chip = (within: Locator, words: string) => within.locator('label.y-chip').filter({ hasText: new RegExp(`^${words}`) }).first()
const choose = (person: Person, name: string, words: string) => chip(field(person, name), words).click()
const write = (person: Person, name: string, text: string) => field(person, name).locator('textarea, input').first().fill(text)
const card = (person: Person, title: string) => person.page.getByRole('region', { name: title, exact: true })
const atCase = (person: Person) => person.page.locator('h1', { hasText: '服务进程' }).waitFor()
const uploaded = (person: Person) => person.statusSays(/已全部上传/, 60_000)
const said = () => field(worker, 'said').locator('textarea')

/** A household found in the field; its address in the app. */
async function found(name: string, village: string): Promise<string> {
  await worker.goTo('/new-household')
  await field(worker, 'members.name').locator('input').fill(name)
  await worker.page.getByRole('group', { name: '村', exact: true }).or(worker.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: village }).first().click()
  await press(worker, 'make-household')
  await worker.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
  return new URL(worker.page.url()).pathname
}
async function startVisit(of: string): Promise<void> {
  await worker.goTo(`${of}/visit`)
  await chip(card(worker, '见到了谁'), '见到$').click()
}

describe('on the phone', () => {
  it('a word that is spoken stands in the note, after the phone said where the voice goes', async () => {
    // The browser's recogniser, as far as a page sees it: what it hears is ours to say.
    await worker.page.addInitScript(() => {
      class Recogniser {
        onresult: ((event: unknown) => void) | null = null
        onend: (() => void) | null = null
        start(): void {
          Object.assign(window, { hear: (words: string) => this.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript: words }], { isFinal: true })] }) })
        }
        stop(): void {
          this.onend?.()
        }
        abort(): void {
          Object.assign(window, { hear: null })
        }
      }
      Object.assign(window, { SpeechRecognition: Recogniser, webkitSpeechRecognition: Recogniser })
    })
    await worker.enrol(server.linkOf('林小满'))
    await uploaded(worker)
    home = await found(NAME, '竹山村')
    await startVisit(home)
    await card(worker, '对方怎么说、我看到什么').getByRole('button', { name: '对方陈述' }).click()
    await said().fill('他说，')
    const dictate = field(worker, 'said').locator('.y-dictate__button')
    await dictate.click()
    await worker.sees('声音')
    await worker.page.getByRole('dialog').getByRole('button').last().click()
    await expect.poll(() => dictate.getAttribute('aria-pressed')).toBe('true')
    await worker.page.evaluate((words) => (window as unknown as { hear: (words: string) => void }).hear(words), SPOKEN)
    await expect.poll(() => said().inputValue()).toBe(`他说，${SPOKEN}`)
    await dictate.click()
    await expect.poll(() => dictate.getAttribute('aria-pressed')).toBe('false')
  })

  it('a phone that is full says so, keeps what stands on the page, and takes it once there is room', async () => {
    await worker.page.evaluate(() => {
      const put = IDBObjectStore.prototype.put
      Object.assign(window, { roomAgain: () => { IDBObjectStore.prototype.put = put } })
      IDBObjectStore.prototype.put = function full() { throw new DOMException('no room', 'QuotaExceededError') }
    })
    await press(worker, 'save-visit')
    await worker.page.locator('main').getByRole('alert').filter({ hasText: '手机存满了，存不进去。您写的还在这一页上' }).waitFor()
    await expect.poll(() => test(worker, 'save-visit').isEnabled()).toBe(true)
    expect(await said().inputValue()).toBe(`他说，${SPOKEN}`)
    await worker.page.evaluate(() => (window as unknown as { roomAgain: () => void }).roomAgain())
    await press(worker, 'save-visit')
    await worker.sees(/走访 1 次/)
    await uploaded(worker)
  })
})

describe('from the station', () => {
  it('a warning for whole villages puts the household on the list, with no network too, until somebody was there', async () => {
    const unvisited = await found(WARNED, '桥头村')
    await uploaded(worker)
    await deputy.enrol(server.linkOf('沈若兰'))
    await uploaded(deputy)
    await deputy.goTo('/warnings')
    await test(deputy, 'note').locator('input').fill('台风预警，查看屋顶')
    for (const village of ['竹山村', '桥头村']) await chip(test(deputy, 'villages'), village).click()
    await isAccessible(deputy.browser, 'warnings')
    await press(deputy, 'declare')
    await deputy.page.getByRole('dialog').getByRole('button', { name: '发出', exact: true }).click()
    await test(deputy, 'standing').filter({ hasText: '台风预警，查看屋顶' }).waitFor()
    await worker.syncNow()
    await worker.browser.setOffline(true)
    await worker.goTo('/')
    await test(worker, 'warning').filter({ hasText: '已走 1/2' }).waitFor()
    await worker.page.getByRole('article', { name: WARNED, exact: true }).getByText(/灾害预警：.+前要上门/).waitFor()
    await isAccessible(worker.browser, 'today-warned')
    await press(worker, 'warned')
    await worker.sees(/显示 1 户/)
    await startVisit(unvisited)
    await press(worker, 'save-visit')
    await worker.sees(/走访 1 次/)
    await worker.goTo('/')
    await test(worker, 'warning').filter({ hasText: '已走 2/2' }).waitFor()
    await expect.poll(() => worker.page.getByRole('article', { name: WARNED, exact: true }).getByText(/灾害预警/).count()).toBe(0)
    await worker.browser.setOffline(false)
    await uploaded(worker)
    await press(deputy, 'end')
    await deputy.page.getByRole('dialog').getByRole('button', { name: '解除', exact: true }).click()
    await deputy.sees('现在没有预警')
    await worker.syncNow()
    await worker.goTo('/')
    await worker.sees('今日')
    await expect.poll(() => test(worker, 'warning').count()).toBe(0)
  })

  it('a questionnaire of its own is asked and scored on the phone with no network', async () => {
    const sheet = join(server.data, 'sleep.yaml')
    writeFileSync(sheet, SLEEP)
    expect(server.command('local', 'put', 'instrument', sheet).code).toBe(0)
    await worker.syncNow()
    await worker.browser.setOffline(true)
    await worker.goTo(`${home}/instruments/own_sleep`)
    await chip(worker.page.locator('.asking'), NAME).click()
    await press(worker, 'start-asking')
    for (const answer of ['有时', '经常']) await worker.page.locator('button.y-chip').filter({ hasText: new RegExp(`^${answer}$`) }).click()
    await test(worker, 'result-band').filter({ hasText: '睡得不好' }).waitFor()
    await press(worker, 'keep-result')
    await worker.page.waitForURL(/\/instruments$/)
    await worker.sees('睡眠两问')
    await worker.browser.setOffline(false)
    await uploaded(worker)
  })

  it('a need stands on the board without a name, and is taken up by one', async () => {
    await worker.goTo(`${home}/records/resource_link`)
    await field(worker, 'need').locator('label.y-chip').first().click()
    await chip(field(worker, 'on_board'), '是').click()
    await write(worker, 'board_text', NEED)
    await press(worker, 'save-record')
    await atCase(worker)
    await uploaded(worker)
    await deputy.goTo('/board')
    const entry = deputy.page.locator('[data-test="entry-open"]').filter({ hasText: NEED })
    await entry.waitFor()
    expect(await deputy.page.locator('body').innerText()).not.toContain(NAME)
    await isAccessible(deputy.browser, 'board')
    await entry.locator('[data-test="take"]').click()
    await test(deputy, 'note').locator('textarea').fill('残联有一辆')
    await press(deputy, 'take-sure')
    await deputy.page.locator('[data-test="entry-taken"]').filter({ hasText: NEED }).waitFor()
  })

  it('the cases that stand still are listed by step, with no network', async () => {
    await worker.browser.setOffline(true)
    await worker.goTo('/stuck')
    await test(worker, 'with-all').click()
    await test(worker, 'stuck-list').locator('a.y-row').filter({ hasText: NAME }).waitFor()
    await worker.browser.setOffline(false)
  })
})

describe('another station', () => {
  it('is handed a family on the same server, accepts it there, and tells when it has met them', async () => {
    const description = join(server.data, 'other.yaml')
    writeFileSync(description, `name: ${OTHER}\npatches: [{name: 一片, villages: [云溪村]}]\npeople: [{name: 覃大山, duties: {deputy: [一片]}}]\n`)
    const founded = server.command('station', 'create', description, '--url', server.origin)
    const link = /https?:\/\/\S+\/enrol#\S+/.exec(founded.printed)
    expect(link, founded.printed).not.toBe(null)
    await receiver.enrol(link![0])
    await uploaded(receiver)
    await worker.goTo(`${home}/records/referral`)
    await choose(worker, 'kind', '其他社工站')
    await choose(worker, 'reason', '需要专业机构')
    await choose(worker, 'receiver_station', OTHER)
    await write(worker, 'receiver', OTHER)
    await write(worker, 'no_consent_reason', '本人当面同意，未带纸笔')
    await choose(worker, 'handed_over', '基本情况')
    await write(worker, 'continuity', '林小满每周照常去一次')
    await press(worker, 'submit-record')
    await atCase(worker)
    await uploaded(worker)
    await deputy.syncNow()
    await deputy.goTo('/inbox')
    await press(deputy, 'section-item')
    await deputy.page.locator('[data-test="review-row"]').first().waitFor()
    await press(deputy, 'approve')
    await deputy.sees('已经审过了')
    await uploaded(deputy)
    await worker.syncNow()
    await worker.goTo(`${home}/case`)
    await atCase(worker)
    const row = worker.page.locator('[data-test="records-referral"] a.y-row').filter({ hasText: OTHER })
    if (!(await row.first().isVisible())) await worker.page.locator('[data-test="step-coordination"] summary').click()
    await row.first().click()
    await press(worker, 'send-station')
    await worker.sees(/等对方/)
    await uploaded(worker)
    const own = new URL(worker.page.url()).pathname

    await receiver.goTo('/referrals')
    await receiver.page.locator('a.y-row[href^="/referrals/"]').first().click()
    await receiver.sees(NAME)
    await isAccessible(receiver.browser, 'referral-received')
    await press(receiver, 'accept-received')
    await press(receiver, 'open-own')
    await receiver.page.waitForURL(/\/households\/[0-9a-f]{32}/)
    await uploaded(receiver)
    await worker.syncNow()
    await worker.goTo(own)
    await worker.sees('还没完成')
    await receiver.goTo('/referrals')
    await receiver.page.locator('a.y-row[href^="/referrals/"]').first().click()
    await press(receiver, 'contact-received')
    await worker.syncNow()
    await worker.goTo(own)
    await worker.sees(/转介完成/)
    for (const person of [deputy, worker, receiver]) expect(person.browser.errors).toEqual([])
  })
})
