/**
 * The main job, end to end: a deputy imports a ledger, two workers write about one household without a network, a browser
 * dies in the middle of typing, the server is killed, conflicts and approvals are decided, and everybody ends with one file.
 * One story in chapters: each needs those before it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { DESK, PHONE, TestBrowser } from './driver/browser'
import { addMember, assess, conclusion, correctPhone, field, openHousehold, planVisitToday, recordUnlinked, recordVisit, search, setDisabilityGrade, setHouseholdSize, submit } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { findInClear } from './driver/leaks'
import { Person } from './driver/person'
import { EXIF_CANARY, makePhoto } from './driver/photo'
import { ROOT, Server } from './driver/server'

const LEDGER = join(ROOT, 'server/ledger/demo/ledger-a.xlsx')
const CANARIES = ['膝盖肿了走不远CANARY8841', '屋顶要修CANARY5512', '老人说腰疼CANARY7719', '钟小河', '15000009988', '晚饭吃了三碗白米饭真香', EXIF_CANARY]
const [VISIT_NOTE, CONCLUSION, UNLINKED_NOTE, NEW_MEMBER, NEW_PHONE] = CANARIES as [string, string, string, string, string]

let server: Server
let deputy: Person
let worker: Person
let second: Person
let home = ''
let photo: Buffer
const fetchedPhotos: Buffer[] = []

beforeAll(async () => {
  server = await Server.make()
  deputy = new Person('沈若兰', await TestBrowser.open('deputy', DESK), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  second = new Person('周青禾', await TestBrowser.open('second', PHONE), { password: '山坡上种了二十棵桃树', pin: '905127' })
})
afterAll(async () => {
  for (const person of [deputy, worker, second]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker, second])

describe('the whole story', () => {
  it('the deputy enrols with her link and imports the ledger into 420 household files', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await deputy.goTo('/ledger-import')
    await deputy.page.locator('input[type="file"]').first().setInputFiles(LEDGER)
    await deputy.page.getByText('读到 420 户').waitFor({ timeout: 60_000 })
    await deputy.browser.screenshot('ledger-preview')
    await deputy.page.getByText('办理中').first().click()
    await deputy.page.locator('[data-test="accept-cell"]').click()
    await deputy.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await deputy.page.getByRole('button', { name: '建档 420 户' }).waitFor()
    await deputy.press('都先按现在的')
    await deputy.page.getByRole('dialog').getByRole('button', { name: '都先按现在的' }).click()
    await deputy.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await deputy.page.locator('[data-test="file-households"]').click()
    await deputy.page.getByText('都已上传。').waitFor({ timeout: 150_000 })
    await deputy.sees('新建 420 户，更新 0 户')
    await deputy.sees('420 户和现有户档一样，不会改动')
  })

  it('a worker gets the households of his villages alone, and finds one by name, pinyin, initials, id tail, phone and address', async () => {
    await worker.enrol(server.linkOf('林小满'))
    await worker.statusSays(/已全部上传/)
    await worker.goTo('/households')
    await worker.sees('共 229 户')
    for (const query of ['钟超', 'zhongchao', '163730', '15028570347', '竹山村2组80号']) expect(await search(worker, query), query).toContain('钟超')
    expect(await search(worker, 'zc')).toContain('钟超')
    expect(await search(worker, '龙塘村')).toEqual([])
    home = await openHousehold(worker, '钟超')
    await worker.browser.screenshot('household')
    for (const words of ['竹山村 2组 80号', '韦真惠', '智力 三级', '家庭成员 2 人']) await worker.sees(words)
    await planVisitToday(worker, '钟超')
    await worker.statusSays(/已全部上传/)
  })

  it('he closes the browser; on the road the PIN opens the household of his route and no other', async () => {
    await worker.browser.close()
    await worker.browser.start()
    await worker.open(server.origin)
    await worker.unlockWithPin()
    await worker.goTo('/households')
    await worker.sees('共 1 户')
    await openHousehold(worker, '钟超')
  })

  it('a second worker of the same villages enrols beside him', async () => {
    await second.enrol(server.linkOf('周青禾'))
    await second.statusSays(/已全部上传/)
    await openHousehold(second, '钟超')
  })

  it('with server and network gone he records a visit with a photo, a new phone number, a family member and a grade', async () => {
    photo = await makePhoto(worker.page)
    await server.kill()
    await worker.browser.setOffline(true)
    await recordVisit(worker, home, '韦真惠', VISIT_NOTE, photo)
    await worker.statusSays(/离线 · 1 条未上传/)
    await correctPhone(worker, NEW_PHONE)
    await addMember(worker, NEW_MEMBER, '孙辈')
    await setDisabilityGrade(worker, '韦真惠', '二级')
    await worker.statusSays(/离线 · 4 条未上传（自 \d\d:\d\d）|离线 · 4 条未上传\(自 \d\d:\d\d\)/)
    await worker.browser.screenshot('offline-unsent')
  })

  it('the browser dies in the middle of typing; the PIN opens the route offline and the draft is there', async () => {
    await assess(worker, home, '韦真惠')
    await conclusion(worker).fill(CONCLUSION)
    await draftIsOnDisk()
    await conclusion(worker).pressSequentially('，正写到一半')
    await worker.browser.kill()

    await worker.browser.start()
    await worker.browser.setOffline(true)
    await worker.open(`${server.origin}${home}/assessment`)
    await worker.button('1').waitFor()
    await worker.typePin('111222')
    await worker.sees('不对。还可以试 9 次。')
    await worker.unlockWithPin()
    await conclusion(worker).waitFor()
    expect(await conclusion(worker).inputValue()).toContain(CONCLUSION)
    await worker.statusSays(/4 条未上传/)
    await submit(worker)
    await worker.browser.screenshot('submitted-offline')
  })

  it('a household off the route is recorded write-only', async () => {
    await worker.goTo('/households')
    await worker.sees('共 1 户')
    await recordUnlinked(worker, '上坪村', '司徒明', UNLINKED_NOTE)
    expect(await worker.page.getByText(UNLINKED_NOTE).count()).toBe(0)
    await worker.statusSays(/离线 · 7 条未上传/)
  })

  it('meanwhile the second worker edits the same household offline: another field, the phone, the grade', async () => {
    await second.browser.setOffline(true)
    await second.browser.kill()
    await second.browser.start()
    await second.browser.setOffline(true)
    await second.open(server.origin)
    await second.unlockWithFieldCode()
    await openHousehold(second, '钟超')
    await correctPhone(second, '15000001122')
    await setDisabilityGrade(second, '韦真惠', '一级')
    await setHouseholdSize(second, 3)
    await second.statusSays(/离线 · 3 条未上传/)
  })

  it('the network returns: sync starts by itself, and each sees what became of the saves', async () => {
    await server.start()
    await worker.browser.setOffline(false)
    await worker.statusSays(/文字已上传，还有 1 张照片|已全部上传/, 60_000) // sealed saves go up with the PIN's vault open, photos with everything open
    await worker.unlockWithPassword()
    await worker.statusSays(/已全部上传/, 60_000)
    await second.browser.setOffline(false)
    await second.page.getByText(/已全部上传|打开全部/).first().waitFor({ timeout: 60_000 })
    await second.unlockWithPassword()
    await second.statusSays(/已全部上传/, 60_000)
    await worker.syncNow()
    await worker.goTo('/inbox')
    await worker.sees(/您写“智力 · 二级”，周青禾写“智力 · 一级”，等副站长定/)
    await worker.browser.screenshot('worker-inbox')
    await worker.goTo(home)
    await worker.sees('还有人写的是')
    await worker.page.getByRole('button', { name: /^经济\s*已填 1 项，共 \d+ 项/ }).waitFor()
  })

  it('the write-only record is linked to its household', async () => {
    await worker.goTo('/record')
    await worker.page.getByRole('button', { name: /上坪村 · 司徒明/ }).click()
    await worker.page.getByRole('dialog').getByRole('button', { name: /司徒明/ }).first().click()
    await worker.press('归进去')
    await worker.sees('已归到“司徒明”家')
    await worker.statusSays(/已全部上传/, 60_000)
  })

  it('the deputy decides the conflict with both values before her; everybody shows one value', async () => {
    deputy.page.on('response', (response) => {
      if (/\/attachments\/\w+\/\w+$/.test(response.url()) && response.request().method() === 'GET') void response.body().then((bytes) => fetchedPhotos.push(bytes))
    })
    await deputy.unlockWithPassword()
    await deputy.syncNow()
    await deputy.goTo('/inbox')
    await deputy.page.locator('[data-test="conflict-item"]').first().waitFor()
    await deputy.browser.screenshot('deputy-inbox')
    await deputy.page.locator('[data-test="conflict-item"]').first().click()
    const sides = deputy.page.locator('[data-test="side"]')
    await sides.first().waitFor()
    expect((await sides.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual(['智力 · 二级', '智力 · 一级'])
    await deputy.sees(/林小满 · /)
    await deputy.sees(/周青禾 · /)
    await deputy.browser.screenshot('conflict')
    await sides.filter({ hasText: '一级' }).click()
    await deputy.fill('为什么这样定（可不填）', '看了残疾证')
    await deputy.page.locator('[data-test="decide"]').click()
    await deputy.sees('这一户没有说法不一的地方')
    await deputy.statusSays(/已全部上传/)
    await worker.syncNow()
    await worker.goTo(home)
    await worker.sees('智力 一级')
    await worker.goTo('/inbox')
    await worker.settled()
    expect(await worker.page.getByText('等副站长定').count()).toBe(0)
  })

  it('she returns the assessment with a remark beside a field', async () => {
    await deputy.goTo('/inbox')
    await deputy.page.locator('[data-test="section-item"]').first().click()
    await deputy.page.locator('[data-test="review-row"]').first().waitFor()
    const image = deputy.page.locator('.y-photo img')
    await image.first().waitFor()
    await deputy.browser.screenshot('review')
    await image.first().click() // the small picture stands here; the whole one comes when it is asked for
    const whole = deputy.page.locator('img.large')
    await whole.waitFor()
    await expect.poll(() => whole.evaluate((element: HTMLImageElement) => Math.max(element.naturalWidth, element.naturalHeight))).toBe(1280)
    await deputy.page.keyboard.press('Escape')
    await whole.waitFor({ state: 'detached' })
    expect(fetchedPhotos.length).toBeGreaterThan(0)
    for (const bytes of fetchedPhotos) expect(bytes.includes('Exif') || bytes.includes(EXIF_CANARY)).toBe(false)
    await deputy.press(/^写意见\s*：住房与居家安全$/)
    await deputy.page.getByRole('textbox', { name: '对“住房与居家安全”的意见' }).fill('哪里漏，写具体些')
    await deputy.page.locator('[data-test="return"]').click()
    await deputy.page.getByRole('dialog').locator('label.y-chip').filter({ hasText: '内容不全' }).click()
    await deputy.page.locator('[data-test="send-return"]').click()
    await deputy.sees('上次退回：内容不全')
    await deputy.statusSays(/已全部上传/)
  })

  it('he amends it offline and submits again', async () => {
    await worker.syncNow()
    await worker.goTo('/inbox')
    await worker.sees('理由：内容不全')
    await worker.sees('哪里漏，写具体些')
    await worker.browser.setOffline(true)
    await worker.page.locator('[data-test="section-item"]').first().click()
    await conclusion(worker).waitFor()
    await worker.sees('哪里漏，写具体些')
    await conclusion(worker).fill('西屋漏雨，先修屋顶')
    await submit(worker)
    await worker.statusSays(/离线 · \d+ 条未上传/)
    await worker.browser.setOffline(false)
    await worker.statusSays(/已全部上传/, 60_000)
  })

  it('she approves it while offline herself, and he sees by whom and when', async () => {
    await deputy.syncNow()
    await deputy.browser.setOffline(true)
    await deputy.goTo('/inbox')
    await deputy.page.locator('[data-test="section-item"]').first().click()
    await deputy.page.locator('[data-test="approve"]').click()
    await deputy.sees('已经审过了')
    await deputy.statusSays(/离线 · 1 条未上传/)
    await deputy.browser.setOffline(false)
    await deputy.statusSays(/已全部上传/, 60_000)
    await worker.syncNow()
    await worker.goTo('/inbox')
    await worker.sees(/沈若兰 .*同意/)
    await worker.goTo(home)
    await worker.sees(/沈若兰 .*通过/)
    await worker.browser.screenshot('approved')
  })

  it('a later edit of a pinned field leaves the approved version in force and shows the amendment', async () => {
    await worker.page.getByRole('link', { name: /需求预估/ }).first().click()
    await conclusion(worker).waitFor()
    await conclusion(worker).fill('屋顶已修好')
    await worker.press('存草稿')
    await worker.page.locator('h1').filter({ hasNotText: '需求预估' }).waitFor()
    await worker.sees('已通过，有修改待提交')
    await worker.statusSays(/已全部上传/)
    await deputy.syncNow()
    await deputy.goTo('/inbox')
    await deputy.page.locator('[data-test="section-item"]').first().click()
    await deputy.sees('通过的那一版仍然有效')
    await deputy.sees('西屋漏雨，先修屋顶')
    await deputy.sees('屋顶已修好')
    await deputy.browser.screenshot('amendment')
  })

  it('the server is killed and started again: everything is there, and the history tells who did what', async () => {
    await server.kill()
    await server.start()
    await worker.syncNow()
    await worker.goTo(`${home}/history`)
    await worker.page.locator('[data-test="telling"]').first().waitFor()
    const told = (await worker.page.locator('[data-test="telling"]').allInnerTexts()).join('\n')
    await worker.browser.screenshot('history')
    for (const words of ['林小满 改了户档', '周青禾 改了户档', '沈若兰 定了说法不一的地方', '看了残疾证', '林小满 提交审核', '沈若兰 退回', '沈若兰 同意', '已收到']) expect(told).toContain(words)
    expect(told).toMatch(/没有采用：智力 · 二级（林小满/)
    expect(told).toMatch(/手机 [0-9A-F]{4}/)
    expect(told).toMatch(/收到 · 第 \d+ 号/)
  })

  it('nothing that was typed stands in clear in the profile folder, the data folder or the log', async () => {
    await worker.browser.kill()
    expect(findInClear(worker.browser.profile, ['127.0.0.1']), 'the search finds what stands in clear').not.toEqual([])
    expect(findInClear(worker.browser.profile, CANARIES)).toEqual([])
    await server.kill()
    expect(findInClear(server.data, CANARIES)).toEqual([])
    for (const word of CANARIES) expect(server.output).not.toContain(word)
    for (const person of [deputy, worker, second]) expect(person.browser.errors).toEqual([])
  })
})

/** The promise is two seconds: a draft typed and left alone is on disk after that. Waits for the promise, not by guess. */
async function draftIsOnDisk(): Promise<void> {
  await worker.page.evaluate(() => new Promise((done) => setTimeout(done, 2000)))
}
