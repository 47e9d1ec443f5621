/**
 * One family, two files: two workers make them without a network, the deputy is shown the pair, merges it, and parts it again; what a
 * phone writes late into the absorbed file shows in the survivor. On the way: facts that cannot all be true, settled and put right.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DESK, PHONE, TestBrowser } from './driver/browser'
import { field, search, setHouseholdSize } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NUMBER = '990101195003070017' // invented, with its check digit
const NAME = '覃桂兰'
const LATE_NOTE = '门口的台阶滑，扶着走'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

let server: Server
let deputy: Person
let worker: Person
let second: Person
let kept = '' // the worker's file, which stays
let absorbed = '' // the second worker's

beforeAll(async () => {
  server = await Server.make()
  deputy = new Person('沈若兰', await TestBrowser.open('merge-deputy', DESK), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('merge-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  second = new Person('周青禾', await TestBrowser.open('merge-second', PHONE), { password: '山坡上种了二十棵桃树', pin: '905127' })
})
afterAll(async () => {
  for (const person of [deputy, worker, second]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker, second])

/** Opens a file for a household whose head is met in the field. */
async function makeHousehold(person: Person, village: string, door: string): Promise<string> {
  await person.goTo('/households')
  await person.page.locator('[data-test="new-household"]').click()
  await field(person, 'members.name').locator('input').fill(NAME)
  await field(person, 'members.id_number').locator('input').fill(NUMBER)
  await person.page.getByRole('group', { name: '村', exact: true }).or(person.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: village }).first().click()
  await person.page.getByLabel('门牌', { exact: true }).fill(door)
  await person.page.locator('[data-test="make-household"]').click()
  await person.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
  return new URL(person.page.url()).pathname
}

async function visit(person: Person, home: string, note: string): Promise<void> {
  await person.goTo(`${home}/visit`)
  const met = person.page.getByRole('region', { name: '见到了谁', exact: true })
  await met.locator('label.y-chip').filter({ hasText: /^见到$/ }).click()
  await met.locator('label.y-chip').filter({ hasText: NAME }).click()
  const health = person.page.getByRole('region', { name: '健康', exact: true })
  await health.locator('label.y-chip').filter({ hasText: /^需留意/ }).click()
  const box = field(person, 'health_note').locator('textarea')
  const unfold = health.getByRole('button', { name: '写几句', exact: true })
  await box.or(unfold).first().waitFor()
  if (await unfold.isVisible()) await unfold.click()
  await box.fill(note)
  await person.page.locator('[data-test="save-visit"]').click()
  await person.sees(/走访 \d 次/)
}

/** Given to the engine over its debugging port: the page's own policy lets no foreign script in. */
async function isAccessible(person: Person, what: string): Promise<void> {
  await person.settled()
  await person.page.evaluate(AXE)
  const found = await person.page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(): Promise<{ passes: unknown[]; violations: { id: string; nodes: { html: string }[] }[] }> } }).axe
    const result = await axe.run()
    return { passes: result.passes.length, faults: result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`) }
  })
  expect(found.passes, what).toBeGreaterThan(10)
  expect(found.faults, what).toEqual([])
}

const countOf = async (person: Person) => (await search(person, NAME)).filter((name) => name === NAME).length

describe('one family in two files', () => {
  it('two workers without a network each open a file for the same woman', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    await second.enrol(server.linkOf('周青禾'))
    for (const person of [worker, second]) {
      await person.statusSays(/已全部上传/)
      await person.browser.setOffline(true)
    }
    kept = await makeHousehold(worker, '竹山村', '8号')
    await setHouseholdSize(worker, 3)
    await visit(worker, kept, '血压有点高')
    absorbed = await makeHousehold(second, '竹山村', '8号')
    expect(absorbed).not.toBe(kept)
    await worker.statusSays(/离线 · 3 条未上传/)
    await second.statusSays(/离线 · 1 条未上传/)
  })

  it('once both are sent, each phone finds the pair by itself and says so on the household page', async () => {
    for (const person of [worker, second, worker]) {
      await person.browser.setOffline(false)
      await person.statusSays(/已全部上传/, 60_000)
      await person.syncNow()
    }
    expect(await countOf(worker)).toBe(2)
    await worker.goTo(kept)
    await worker.sees(`和“${NAME}”可能是同一户`)
    await worker.sees('家庭人口和名单对不上')
    await worker.browser.screenshot('merge-worker-told')
    await isAccessible(worker, 'household')
    await worker.page.locator('[data-test="same-person"]').click()
    await worker.sees('等副站长来定')
    expect(await worker.page.locator('[data-test="merge"]').count()).toBe(0)
  })

  it('whoever opens a third file with this number is told at once', async () => {
    await worker.goTo('/new-household')
    await field(worker, 'members.id_number').locator('input').fill(NUMBER)
    await worker.sees('这个身份证号已经在这部手机的户档里')
    await field(worker, 'members.id_number').locator('input').fill('')
  })

  it('the deputy settles why one woman is written as three', async () => {
    await deputy.syncNow()
    await deputy.goTo('/inbox')
    const item = deputy.page.locator('[data-test="fact-item"]').filter({ hasText: '家庭人口写的是 3 人' })
    await item.waitFor()
    await deputy.page.locator('[data-test="same-person"]').waitFor()
    await deputy.browser.screenshot('merge-inbox')
    await isAccessible(deputy, 'inbox')
    await item.click()
    await deputy.page.locator('[data-test="both-right"]').click()
    expect(await deputy.page.locator('[data-test="decide"]').isDisabled()).toBe(true)
    await deputy.page.locator('[data-test="both-right-why"] textarea').fill('两个儿子户口在，人在外省，名单等他们回来再登')
    await deputy.browser.screenshot('merge-both-right')
    await deputy.page.locator('[data-test="decide"]').click()
    await deputy.sees(/因为：两个儿子户口在/)
    await isAccessible(deputy, 'conflicts')
  })

  it('she compares the two files and merges them; the visited one is proposed to stay', async () => {
    await second.browser.setOffline(true) // from here on he knows nothing of the merge
    await deputy.goTo('/inbox')
    await deputy.page.locator('[data-test="same-person"]').click()
    await deputy.page.locator('[data-test="advice"]').waitFor()
    await deputy.sees(/走访更多/)
    await deputy.sees('两边都有')
    await deputy.page.locator('[data-test="merge-reason"] textarea').fill('到家看了户口本，是一户')
    await deputy.browser.screenshot('merge-compare')
    await isAccessible(deputy, 'merge')
    await deputy.page.locator('[data-test="merge"]').click()
    await deputy.page.getByRole('dialog').getByRole('button', { name: '合并', exact: true }).click()
    await deputy.page.waitForURL(new RegExp(`/conflicts/${kept.slice(-32)}$`))
    await deputy.sees('同一个人登记了两次')
    await deputy.sees('家庭人口和名单对不上') // two are listed now: the facts are others than those that were settled
    await deputy.browser.screenshot('merge-twice')
    await isAccessible(deputy, 'facts')
  })

  it('of the woman listed twice one entry is struck out; what was settled holds again', async () => {
    await deputy.page.locator('[data-test="fact"]').filter({ hasText: '有不止一位户主' }).waitFor()
    const isFirst = (await deputy.page.locator('[data-test="first"]').innerText()).includes('原来这一份的') // pairs stand in the order of their random ids
    await deputy.page.locator(`[data-test="offer-${isFirst ? 'keep_first' : 'keep_second'}"]`).click()
    await deputy.page.locator('[data-test="decide"]').click()
    await deputy.sees('这一户没有说法不一的地方')
    await deputy.sees(/因为：两个儿子户口在/)
    await deputy.statusSays(/已全部上传/)
    expect(await countOf(deputy)).toBe(1)
  })

  it('a phone that knew nothing writes a visit into the absorbed file; it shows in the survivor', async () => {
    await visit(second, absorbed, LATE_NOTE)
    await second.browser.setOffline(false)
    await second.statusSays(/已全部上传/, 60_000)
    await second.syncNow()
    await deputy.syncNow()
    await deputy.goTo(kept)
    await deputy.sees('走访 2 次')
    await deputy.sees(`“${NAME}”已并入`)
    await deputy.sees(/到家看了户口本，是一户/)
    await deputy.browser.screenshot('merge-survivor')
    await isAccessible(deputy, 'survivor')
    await second.goTo(absorbed)
    await second.page.locator('[data-test="to-survivor"]').click()
    await second.sees('走访 2 次')
    expect(await countOf(second)).toBe(1)
    await deputy.page.locator('[data-test="joined"] a').first().click() // the absorbed file's own history
    await deputy.sees(/周青禾/)
  })

  it('she undoes the merge with a reason: both files are back, each with its visit and its woman', async () => {
    await deputy.goTo(kept)
    await deputy.page.locator('[data-test="part"]').click()
    expect(await deputy.page.locator('[data-test="part-yes"]').isDisabled()).toBe(true)
    await deputy.page.locator('[data-test="part-why"] textarea').fill('是同名的两户，号抄错了')
    await deputy.browser.screenshot('merge-undo')
    await deputy.page.locator('[data-test="part-yes"]').click()
    await deputy.sees(/已分开/)
    await deputy.statusSays(/已全部上传/)
    for (const person of [deputy, worker, second]) {
      await person.syncNow()
      expect(await countOf(person), person.name).toBe(2)
      for (const home of [kept, absorbed]) {
        await person.goTo(home)
        await person.sees('走访 1 次')
        await person.page.getByRole('button', { name: new RegExp(NAME) }).first().waitFor()
      }
    }
  })

  it('a death written down later contradicts the visit; the deputy sees it and puts it right', async () => {
    await worker.goTo(kept)
    await worker.page.getByRole('button', { name: new RegExp(NAME) }).first().click()
    const died = field(worker, 'died_on')
    const unfold = worker.page.getByRole('dialog').getByRole('button', { name: '去世日期', exact: true })
    await died.or(unfold).first().waitFor()
    if (await unfold.isVisible()) await unfold.click()
    await died.locator('input').fill('2025-01-31')
    await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
    await worker.sees('去世以后的走访里见到了本人')
    await worker.statusSays(/已全部上传/)
    await deputy.syncNow()
    await deputy.goTo(`/conflicts/${kept.slice(-32)}`)
    await deputy.sees(/2025-01-31 去世/)
    await deputy.browser.screenshot('merge-death')
    await deputy.page.locator('[data-test="offer-not_dead"]').click()
    await deputy.page.locator('[data-test="decide"]').click()
    await deputy.sees('这一户没有说法不一的地方')
    await deputy.statusSays(/已全部上传/)
  })

  it('she moves one of the files to the other patch and sees who will have it; it leaves the workers of this one', async () => {
    await deputy.goTo(kept)
    await deputy.page.locator('[data-test="move"]').click()
    await deputy.sees('现在在“东片区”')
    await deputy.page.locator('[data-test="patch-西片区"]').click()
    await deputy.sees(/以后由谁管：.*副站长 沈若兰/)
    await deputy.browser.screenshot('transfer')
    await isAccessible(deputy, 'transfer')
    await deputy.page.locator('[data-test="transfer"]').click()
    await deputy.page.getByRole('dialog').getByRole('button', { name: '移过去', exact: true }).click()
    await deputy.sees(/已移到“西片区”/)
    await deputy.statusSays(/已全部上传/)
    await worker.syncNow()
    expect(await countOf(worker)).toBe(1)
    expect(await countOf(deputy)).toBe(2)
  })
})
