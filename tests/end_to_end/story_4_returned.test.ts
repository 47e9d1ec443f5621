/**
 * A save that the server returns: its author reads why beside the field, amends it in its own form, asks the deputy for a
 * second look, carries it sealed, and puts it away. Nothing leaves the phone before the server holds it.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { field, openHousehold, setHouseholdSize } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { findInClear } from './driver/leaks'
import type { Person } from './driver/person'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'
import { askDeputy, decide, openDeputyAndWorker, openSave, openWaiting, putAway, sync } from './driver/verdicts'

const SLOW_MS = 600_000
let server: Server
let deputy: Person
let worker: Person
let home = ''

beforeAll(async () => {
  server = await Server.make()
  const terminal = new Terminal(server.linkOf('周青禾'))
  terminal.run('new', '--head', '单水生', 'phone=13900000100', 'household_size=3')
  terminal.run('sync')
  terminal.dispose()
  ;({ deputy, worker } = await openDeputyAndWorker())
}, SLOW_MS)
afterAll(async () => {
  for (const person of [deputy, worker]) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker])

/** An app that is older than the limit of the household's size: the rule is the server's. */
async function forgetTheLimit(person: Person): Promise<void> {
  await person.page.addInitScript(() => {
    const real = JSON.parse.bind(JSON)
    JSON.parse = (text: string, reviver?: (this: unknown, key: string, value: unknown) => unknown) => {
      const value = real(text, reviver) as { name?: string; fields?: Record<string, { maximum?: number }> } | null
      const size = value?.name === 'household' ? value.fields?.['household_size'] : undefined
      if (size?.maximum) size.maximum = 999
      return value
    }
  })
  await person.page.reload()
  await person.unlockWithPassword()
}

async function saveSize(size: number): Promise<void> {
  await worker.goTo(home)
  await setHouseholdSize(worker, size)
  await sync(worker)
}

describe('a returned save', () => {
  it('deputy and worker enrol and get the household', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满'))
    for (const person of [deputy, worker]) await person.statusSays(/已全部上传/, 60_000)
    await forgetTheLimit(worker)
    home = await openHousehold(worker, '单水生')
  })

  it('comes back with the reason beside its field', async () => {
    await saveSize(400)
    await openSave(worker, '被退回')
    const bad = worker.page.locator('[data-test="saved-field"]').filter({ hasText: '家庭人口' })
    await expect.poll(() => bad.innerText(), { timeout: 20_000 }).toMatch(/家庭人口\s*400 人\s*.*60/)
    await worker.browser.screenshot('own-save-returned')
    await worker.goTo('/inbox')
    await worker.sees('单水生')
  })

  it('is amended in its own form, prefilled, and goes only when the new save stands', async () => {
    await openSave(worker, '被退回')
    await worker.page.locator('[data-test="amend"]').click()
    const size = field(worker, 'household_size').locator('input')
    await size.waitFor()
    await expect.poll(() => size.inputValue(), { timeout: 20_000 }).toBe('400')
    await worker.goTo('/sync')
    await worker.sees('没传完或没收下的：1 条')
    await worker.goTo('/')
    await worker.page.getByRole('link', { name: /改了一半，没存/ }).click()
    await size.waitFor()
    await size.fill('4')
    await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
    await worker.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await sync(worker)
    await worker.sees('都传完了')
    await sync(deputy)
    await openHousehold(deputy, '单水生')
    await deputy.sees('4 人')
  })

  it('is shown to the deputy as it is when its author asks for a second look, and declined with what to do', async () => {
    await saveSize(500)
    await openSave(worker, '被退回')
    await askDeputy(worker, '真的有这么多人')
    await openWaiting(deputy, '本人请您看', '单水生')
    await deputy.sees('真的有这么多人')
    await deputy.page.locator('[data-test="difference"]').filter({ hasText: '500 人' }).waitFor()
    expect(await deputy.page.locator('[data-test="accept"]').count()).toBe(0) // a rule is broken: nobody takes it in as it is
    await deputy.browser.screenshot('desk-asked')
    await decide(deputy, 'decline', '按户口本写')
    await sync(worker)
    await openSave(worker, '不予收录')
    await worker.sees('副站长不予收录：按户口本写')
  })

  it('is carried sealed, readable for nobody on the way', async () => {
    const [download] = await Promise.all([worker.page.waitForEvent('download'), worker.page.locator('[data-test="carry"]').click()])
    const bytes = readFileSync((await download.path()) as string)
    expect(bytes.subarray(1, 5).toString('latin1')).toBe('YIHU')
    expect(bytes.length).toBeGreaterThan(300)
    expect(bytes.includes('household_size')).toBe(false)
  })

  it('that was declined is put away without a network too: the signed answer on the phone proves that the server holds it', async () => {
    await worker.browser.setOffline(true)
    await putAway(worker)
    await worker.sees('收起了。服务器封存了一份。')
    await worker.browser.setOffline(false)
    await sync(worker)
    await worker.sees('都传完了')
  })

  it('that was only returned is not put away before the server answers; the deputy who was asked is then asked no more', async () => {
    await saveSize(600)
    await openSave(worker, '被退回')
    await askDeputy(worker, '写错了吗')
    await worker.button('再提醒副站长').waitFor()
    await openWaiting(deputy, '本人请您看', '单水生')
    await worker.browser.setOffline(true)
    await putAway(worker)
    await worker.sees('要连上网：先确认服务器那里有一份。内容都还在。')
    await worker.goTo('/sync')
    await worker.sees('没传完或没收下的：1 条')
    await worker.browser.setOffline(false)
    await openSave(worker, '被退回')
    await putAway(worker)
    await worker.sees('收起了。服务器封存了一份。')
    await sync(worker)
    await worker.sees('都传完了')
    await deputy.goTo('/inbox')
    await deputy.goTo('/desk')
    await deputy.sees('没有等您定的')
    await sync(deputy)
    await openHousehold(deputy, '单水生')
    await deputy.sees('4 人')
  })

  it('leaves nothing in clear in the profile or with the server', async () => {
    await worker.browser.kill()
    for (const folder of [worker.browser.profile, server.data]) expect(findInClear(folder, ['真的有这么多人', '按户口本写', '13900000100'])).toEqual([])
    for (const person of [deputy, worker]) expect(person.browser.errors).toEqual([])
  })
})
