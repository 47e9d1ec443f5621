/**
 * A family is handed on: to a hospital by a file that opens itself, to a colleague, to another station of the server; and a worker who leaves
 * hands over every household, what her phone never sent included. Until somebody has met the family nothing counts as done.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { isAccessible } from './driver/accessible'
import { PHONE, TestBrowser } from './driver/browser'
import { field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NAME = '覃石头'
const SECRET = '皮带抽的印子'
const ILLNESS = '双肾结石待手术'

let server: Server
let folder = ''
let deputy: Person
let worker: Person
let colleague: Person
let stranger: TestBrowser
let home = ''

beforeAll(async () => {
  server = await Server.make()
  folder = mkdtempSync(join(tmpdir(), 'yihu-parcel-'))
  deputy = new Person('沈若兰', await TestBrowser.open('refer-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('refer-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  colleague = new Person('周青禾', await TestBrowser.open('refer-colleague', PHONE), { password: '石桥头的枇杷黄了两棵', pin: '582047' })
  stranger = await TestBrowser.open('refer-stranger', PHONE)
})
afterAll(async () => {
  for (const person of [deputy, worker, colleague]) await person?.browser.dispose()
  await stranger?.dispose()
  await server?.dispose()
  rmSync(folder, { recursive: true, force: true })
})
tellInChapters(() => [deputy, worker, colleague, { browser: stranger }])

const test = (person: Person, name: string) => person.page.locator(`[data-test="${name}"]`).first()
const press = (person: Person, name: string) => test(person, name).click()
const chip = (within: Locator, words: string) => within.locator('label.y-chip').filter({ hasText: new RegExp(`^${words}`) }).first()
const choose = (person: Person, name: string, words: string) => chip(field(person, name), words).click()
const write = (person: Person, name: string, text: string) => field(person, name).locator('textarea, input').first().fill(text)
const atCase = (person: Person) => person.page.locator('h1', { hasText: '服务进程' }).waitFor()

async function uploaded(person: Person): Promise<void> {
  await person.statusSays(/已全部上传/, 60_000)
}
/** Fills the application; what the kind asks is the caller's. */
async function apply(kind: string, more: () => Promise<void>): Promise<void> {
  await worker.goTo(`${home}/records/referral`)
  await choose(worker, 'kind', kind)
  await choose(worker, 'reason', '需要专业机构')
  await more()
  await write(worker, 'no_consent_reason', '本人当面同意，未带纸笔')
  for (const part of ['基本情况', '走访记录', '医疗材料']) await choose(worker, 'handed_over', part)
  await write(worker, 'kept_back', '家里人的矛盾')
  await write(worker, 'continuity', '林小满每周照常去一次')
  await press(worker, 'submit-record')
  await atCase(worker)
  await uploaded(worker)
}
async function approve(): Promise<void> {
  await deputy.syncNow()
  await deputy.goTo('/inbox')
  await deputy.page.locator('[data-test="section-item"]').first().waitFor()
  await press(deputy, 'section-item')
  await deputy.page.locator('[data-test="review-row"]').first().waitFor()
  await press(deputy, 'approve')
  await deputy.sees('已经审过了')
  await uploaded(deputy)
  await worker.syncNow()
}
/** Opens the newest referral to this receiver from the case. */
async function openReferral(person: Person, receiver: string): Promise<string> {
  await person.goTo(`${home}/case`)
  await atCase(person)
  const row = person.page.locator('[data-test="records-referral"] a.y-row').filter({ hasText: receiver })
  if (!(await row.first().isVisible())) await person.page.locator('[data-test="step-coordination"] summary').click()
  await row.first().click()
  await test(person, 'referral-standing').waitFor()
  return new URL(person.page.url()).pathname
}

describe('a family is handed on', () => {
  it('nothing leaves before it is approved, and what danger was seen never does', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    await uploaded(worker)
    await worker.goTo('/new-household')
    await field(worker, 'members.name').locator('input').fill(NAME)
    await worker.page.getByRole('group', { name: '村', exact: true }).or(worker.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: '竹山村' }).first().click()
    await worker.page.getByLabel('门牌', { exact: true }).fill('3号')
    await press(worker, 'make-household')
    await worker.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
    home = new URL(worker.page.url()).pathname
    await worker.goTo(`${home}/visit`)
    await worker.page.getByRole('region', { name: '见到了谁', exact: true }).locator('label.y-chip').filter({ hasText: /^见到$/ }).click()
    await worker.page.getByRole('region', { name: '对方怎么说、我看到什么', exact: true }).getByRole('button', { name: '对方陈述' }).click()
    await write(worker, 'said', ILLNESS)
    await press(worker, 'save-visit')
    await worker.sees(/走访 1 次/)
    await worker.goTo(`${home}/records/crisis`)
    await choose(worker, 'kind', '家庭暴力')
    await write(worker, 'what_happened', SECRET)
    await press(worker, 'save-record')
    await atCase(worker)
    await apply('站外单位', async () => write(worker, 'receiver', '县人民医院泌尿科'))
    await openReferral(worker, '县人民医院')
    await test(worker, 'referral-waits').waitFor()
    expect(await worker.page.locator('[data-test="make-parcel"]').count()).toBe(0)
    await isAccessible(worker.browser, 'referral-waits')
  })

  it('goes outside as one file that a browser without anything of ours opens with the code; its receipt comes back by voice', async () => {
    await approve()
    const address = await openReferral(worker, '县人民医院')
    expect(await test(worker, 'referral-goes').innerText()).toMatch(/永远不给/)
    await press(worker, 'make-parcel')
    const code = await test(worker, 'parcel-code').innerText({ timeout: 60_000 })
    expect(code.replace(/\D/g, '')).toMatch(/^\d{20}$/)
    const file = join(folder, 'parcel.html')
    const [download] = await Promise.all([worker.page.waitForEvent('download'), press(worker, 'parcel-file')])
    await download.saveAs(file)
    const html = readFileSync(file, 'utf8')
    expect(html).not.toContain(ILLNESS)
    expect(html).not.toContain(NAME)
    await uploaded(worker)

    await stranger.setOffline(true)
    await stranger.page.goto(`file://${file}`)
    await stranger.page.fill('#code', '1111 2222 3333 4444 5555')
    await stranger.page.click('button[type="submit"]')
    await stranger.page.getByText('打开码不对').waitFor()
    await stranger.page.fill('#code', code)
    await stranger.page.click('button[type="submit"]')
    await stranger.page.getByText(ILLNESS).waitFor()
    const shown = await stranger.page.locator('body').innerText()
    expect(shown).toContain(NAME)
    expect(shown).toContain('县人民医院泌尿科')
    expect(shown).not.toMatch(/皮带|暴力|危机/)
    await stranger.screenshot('referral-reader')
    const receipt = async (outcome: string) => {
      await stranger.page.click(`[data-outcome="${outcome}"]`)
      return (await stranger.page.locator('#receipt').innerText()).replace(/\D/g, '')
    }
    await worker.goTo(address)
    await test(worker, 'receipt-code').locator('input').fill('12345678')
    await press(worker, 'take-receipt')
    await worker.sees('不是这份文件的回执码')
    await test(worker, 'receipt-code').locator('input').fill(await receipt('accepted'))
    await press(worker, 'take-receipt')
    await worker.sees('已记下：对方接收')
    await worker.sees('还没完成')
    await test(worker, 'receipt-code').locator('input').fill(await receipt('contacted'))
    await press(worker, 'take-receipt')
    await worker.sees(/转介完成，用了 0 天/)
    await worker.settled()
    await isAccessible(worker.browser, 'referral-done')
    expect(stranger.errors).toEqual([])
  })

  it('goes to a colleague, who accepts on her own phone and has to meet the family', async () => {
    await colleague.enrol(server.linkOf('周青禾'))
    await uploaded(colleague)
    await apply('站内其他社工', async () => choose(worker, 'receiver_person', '周青禾'))
    await approve()
    await openReferral(worker, '周青禾')
    await press(worker, 'send-inside')
    await worker.sees('等接手的社工接收')
    await uploaded(worker)
    await colleague.syncNow()
    await colleague.goTo('/inbox')
    await test(colleague, 'referral-row').filter({ hasText: '等您接收' }).waitFor()
    await press(colleague, 'referral-row')
    await press(colleague, 'accept-referral')
    await colleague.sees('见到了，转介才算完成')
    await isAccessible(colleague.browser, 'referral-accepted')
    await press(colleague, 'first-contact')
    await colleague.sees(/转介完成/)
    await uploaded(colleague)
    await worker.syncNow()
    await worker.goTo('/inbox')
    await worker.settled()
    await expect.poll(() => worker.page.locator('[data-test="referral-row"]').count()).toBe(0)
  })
})

describe('what the family may see', () => {
  it('is a copy of their own file in which nothing tells that danger was seen or reported', async () => {
    await worker.goTo(`${home}/copy`)
    const copy = test(worker, 'family-copy')
    await copy.waitFor()
    const said = await copy.innerText()
    expect(said).toContain(NAME)
    expect(said).toContain(ILLNESS)
    expect(said).not.toMatch(/皮带|暴力|危机|证据|强制报告|风险/)
    await isAccessible(worker.browser, 'family-copy')
    const printed = await worker.page.emulateMedia({ media: 'print' }).then(() => worker.page.locator('body').innerText())
    await worker.page.emulateMedia({ media: 'screen' })
    expect(printed).not.toMatch(/皮带|暴力|危机|举报/)
  })
})

describe('a worker leaves', () => {
  it('her households go to a successor one by one, and what her phone never sent is not lost', async () => {
    await worker.browser.setOffline(true)
    await worker.goTo(`${home}/visit`)
    await worker.page.getByRole('region', { name: '见到了谁', exact: true }).locator('label.y-chip').filter({ hasText: /^见到$/ }).click()
    await worker.page.getByRole('region', { name: '对方怎么说、我看到什么', exact: true }).getByRole('button', { name: '对方陈述' }).click()
    await write(worker, 'said', '走之前最后一次去看他')
    await press(worker, 'save-visit')
    await worker.sees(/走访 2 次/)
    await deputy.goTo('/caseload')
    await chip(test(deputy, 'leaving'), '林小满').click()
    await chip(test(deputy, 'successor'), '周青禾').click()
    await test(deputy, 'leaving-phones').locator('.y-row').first().waitFor()
    await chip(test(deputy, 'leaving-households'), '是').click()
    await expect.poll(async () => (await test(deputy, 'leaving-households').innerText()).includes(NAME)).toBe(true)
    await isAccessible(deputy.browser, 'caseload')
    await press(deputy, 'hand-over')
    await deputy.press('交接')
    await deputy.sees(/已交给周青禾/)
    await uploaded(deputy)
    await colleague.syncNow()
    await colleague.goTo('/inbox')
    await test(colleague, 'referral-row').filter({ hasText: '等您接收' }).waitFor()
    await worker.browser.setOffline(false)
    await worker.page.reload()
    await worker.unlockWithPassword()
    await expect.poll(() => server.command('verify').code, { timeout: 60_000 }).toBe(0)
    await deputy.goTo('/desk')
    await expect.poll(async () => {
      await deputy.goTo('/me')
      await deputy.goTo('/desk')
      await deputy.settled()
      return deputy.page.locator('[data-test="desk-group"] a').count()
    }, { timeout: 60_000 }).toBeGreaterThan(0)
    await deputy.browser.screenshot('caseload-late')
  })
})
