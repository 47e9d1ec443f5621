/**
 * What becomes of saves that are not simply taken in: held and forced, a lost phone's in bulk, changed duties, a patch that
 * changes hands. Nothing is lost and everybody is told.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { correctPhone, field, openHousehold, setHouseholdSize } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import type { Person } from './driver/person'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'
import { askDeputy, decide, losing, openDeputyAndWorker, openSave, openWaiting, putAway, sync } from './driver/verdicts'

/** Chapters with a device in the terminal: each command starts Python anew, and the machine may be busy. */
const SLOW_MS = 600_000
let server: Server
let terminal: Terminal // 周青禾's device
let deputy: Person
let worker: Person

beforeAll(async () => {
  server = await Server.make()
  terminal = new Terminal(server.linkOf('周青禾'))
  for (const [head, phone] of [['单水生', '13900000100'], ['欧阳石根', '13900000200'], ['钱大桥', '13900000300']] as const) terminal.run('new', '--head', head, `phone=${phone}`)
  terminal.run('sync')
  ;({ deputy, worker } = await openDeputyAndWorker())
}, SLOW_MS)
afterAll(async () => {
  for (const person of [deputy, worker]) await person?.browser.dispose()
  terminal?.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker])

describe('verdicts', () => {
  it('deputy and worker enrol and get the households', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    for (const person of [deputy, worker]) await person.statusSays(/已全部上传/, 60_000)
  })

  it('a held save says what it waits for; its author asks, the deputy takes it in without waiting', async () => {
    await openHousehold(worker, '单水生')
    const found = await losing(worker, '13900000111')
    await correctPhone(worker, '13900000111')
    await setHouseholdSize(worker, 4)
    await sync(worker)
    await openSave(worker, '等前一条')
    await worker.sees('在等您自己的前一条上传。')
    await worker.browser.screenshot('own-save-held')
    await askDeputy(worker, '前一条传不上去')
    await openWaiting(deputy, '本人请您看', '单水生')
    await deputy.sees('前一条传不上去')
    await deputy.sees(/在等林小满手机（[0-9A-F]{4}）里的第 1 条/)
    await deputy.sees('直接收下，和现有内容没有出入。')
    await deputy.browser.screenshot('desk-held')
    await deputy.button('不等了，先收下').waitFor()
    await decide(deputy, 'accept', '等不到就先收')
    await found()
    await sync(worker)
    await worker.sees('都传完了')
  })

  it('of a revoked phone many saves are taken in at once, but none that meets another value; that one is declined', async () => {
    terminal.run('sync')
    for (const name of ['单水生', '欧阳石根', '钱大桥']) terminal.run('save', name, 'directions=过桥左转第三家')
    terminal.run('save', '欧阳石根', 'household_size=6')
    await openHousehold(worker, '欧阳石根')
    await setHouseholdSize(worker, 5)
    await worker.statusSays(/已全部上传/)
    await deputy.goTo('/staff')
    await deputy.page.locator('[data-test="device"]').filter({ hasText: '周青禾' }).getByRole('button').click()
    await deputy.page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
    await deputy.sees('已停用')
    expect(() => terminal.run('sync')).toThrow() // reads no more; its saves go up sealed
    await sync(deputy)
    await deputy.goTo('/desk')
    const group = deputy.page.locator('[data-test="desk-group"]').filter({ hasText: '手机停用了' })
    await group.filter({ hasText: '周青禾 · 4 条' }).waitFor()
    await deputy.browser.screenshot('desk-group')
    await group.locator('[data-test="accept-many"]').click()
    await deputy.page.getByRole('dialog').getByRole('button', { name: '放行' }).click()
    await deputy.sees('放行了 3 条，已告诉本人。')
    await group.filter({ hasText: '周青禾 · 1 条' }).waitFor()
    await openWaiting(deputy, '手机停用了', '欧阳石根')
    await deputy.sees('会多出 1 处说法不一，要再定一次：')
    await deputy.sees('现在是 5 人 →')
    await deputy.browser.screenshot('desk-conflict')
    await decide(deputy, 'decline', '小满刚去数过')
    await sync(worker)
    await openHousehold(worker, '欧阳石根')
    await worker.page.getByText('过桥左转第三家').first().waitFor()
  }, SLOW_MS)

  it('a deputy adds a person, whose words after a change of duties wait for her', async () => {
    await deputy.goTo('/staff')
    await deputy.page.locator('[data-test="add-person"]').click()
    const sheet = deputy.page.getByRole('dialog')
    await sheet.getByLabel('姓名', { exact: false }).fill('苏念慈')
    await sheet.locator('label.y-chip').filter({ hasText: '东片区' }).click()
    await deputy.browser.screenshot('staff-add')
    await sheet.locator('[data-test="save-person"]').click()
    const link = await deputy.page.locator('[data-test="enrolment-link"]').innerText()
    await deputy.page.getByRole('dialog').locator('.y-button--primary').click()
    await deputy.page.locator('[data-test="person"]').filter({ hasText: '苏念慈' }).filter({ hasText: '社工 东片区' }).waitFor()
    const head = new Terminal(server.linkOf('贺长庚'))
    const third = new Terminal(link)
    try {
      head.run('duties', '苏念慈', 'deputy=东片区')
      third.run('sync')
      third.run('new', '--head', '陆望舒', 'income_yearly_fen=1')
      third.run('sync')
      third.run('resolve', '陆望舒', 'income_yearly_fen=1200000', '--reason', '看了流水')
      head.run('duties', '苏念慈', 'worker=东片区')
      third.run('sync')
      await sync(deputy)
      await openWaiting(deputy, '职责变了', '陆望舒')
      await deputy.sees('写的人说：“看了流水”')
      await decide(deputy, 'accept', '那时她是副站长')
      third.run('sync')
      expect(third.run('outbox')).toContain('Everything')
    } finally {
      head.dispose()
      third.dispose()
    }
  }, SLOW_MS)

  it('a worker who loses a patch sends first, sees what still waits, and the files leave with the last word', async () => {
    await openHousehold(worker, '单水生')
    await worker.browser.setOffline(true)
    await correctPhone(worker, '13900000122')
    await openHousehold(worker, '钱大桥')
    await correctPhone(worker, '13900000322')
    await openHousehold(worker, '欧阳石根')
    await worker.press('改住址和怎么走')
    await field(worker, 'directions').locator('textarea, input').fill('写到一半的路')
    await worker.page.evaluate(() => new Promise((done) => setTimeout(done, 2000)))
    await worker.page.keyboard.press('Escape')
    await worker.goTo('/')
    await worker.sees(/改了一半，没存/)
    await deputy.goTo('/staff')
    await deputy.page.locator('[data-test="person"]').filter({ hasText: '林小满' }).locator('[data-test="change-duties"]').click()
    const sheet = deputy.page.getByRole('dialog')
    await sheet.locator('label.y-chip').filter({ hasText: '东片区' }).click()
    await sheet.locator('label.y-chip').filter({ hasText: '西片区' }).click()
    await sheet.locator('[data-test="save-person"]').click()
    await deputy.sees('改好了，各人的手机同步后就知道。')
    await worker.browser.setOffline(false)
    await sync(worker)
    await sync(worker)
    const leaving = worker.page.locator('[data-test="leaving"]')
    await leaving.waitFor()
    for (const words of ['单水生', '钱大桥', '欧阳石根', '这户已转给', '1 条送到了，等那边的副站长定。', '有写到一半、没存的内容']) await expect.poll(() => leaving.innerText(), { timeout: 20_000 }).toContain(words)
    await worker.browser.screenshot('leaving')
    await worker.goTo('/households')
    await worker.sees('共 0 户')
    await worker.goTo('/sync')
    await leaving.locator('.leaving').filter({ hasText: '欧阳石根' }).getByRole('link', { name: '接着写完' }).click()
    await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
    await worker.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await worker.page.locator('[data-test="left"]').waitFor()
    await worker.browser.screenshot('household-left')
    await sync(worker)
    await sync(deputy)
    await openWaiting(deputy, '转走以后才到', '单水生')
    await decide(deputy, 'accept', '')
    await openWaiting(deputy, '转走以后才到', '欧阳石根')
    await decide(deputy, 'accept', '')
    await openWaiting(deputy, '转走以后才到', '钱大桥')
    await deputy.page.locator('[data-test="uncover"]').click()
    await deputy.sees('13900000322')
    await decide(deputy, 'decline', '换人管了，号码我再核对')
    await sync(worker)
    await sync(worker)
    await expect.poll(() => leaving.innerText(), { timeout: 20_000 }).toContain('1 条退回了，等您处理。')
    await openHousehold(deputy, '单水生')
    await deputy.sees('139••••0122')
  })

  it('what was declined stays with its words and reason until its author puts it away, sealed with the server first', async () => {
    await openSave(worker, '钱大桥')
    await worker.sees('139••••0322') // covered until asked for
    await worker.page.locator('[data-test="uncover"]').click()
    await worker.sees('13900000322')
    await worker.sees('副站长不予收录：换人管了，号码我再核对')
    await worker.browser.screenshot('own-save-declined')
    const [download] = await Promise.all([worker.page.waitForEvent('download'), worker.page.locator('[data-test="carry"]').click()])
    const bytes = readFileSync((await download.path()) as string)
    expect(bytes.length).toBeGreaterThan(300)
    expect(bytes.includes('13900000322')).toBe(false)
    await putAway(worker)
    await worker.sees('收起了。服务器封存了一份。')
    await sync(worker)
    await worker.page.locator('[data-test="leaving"]').waitFor({ state: 'detached' })
    await worker.sees('都传完了')
  })
})
