/** A worker's day on Chromium 88, the engine of low-end phones: enrol, search, visit and assess offline, die, reopen, sync. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { addMember, assess, conclusion, correctPhone, openHousehold, planVisitToday, recordVisit, search, submit } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { findInClear } from './driver/leaks'
import { chromium88 } from './driver/old'
import { Person } from './driver/person'
import { makePhoto } from './driver/photo'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'

const NOTE = '腿脚不便CANARY3307'
let server: Server
let terminal: Terminal
let worker: Person
let home = ''

beforeAll(async () => {
  server = await Server.make()
  terminal = new Terminal(server.linkOf('周青禾'))
  terminal.run('sync')
  for (const head of ['欧阳石根', '单水生']) terminal.run('new', '--head', head, 'phone=13900000990')
  terminal.run('sync')
  worker = new Person('林小满', await TestBrowser.open('old', PHONE, chromium88()), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
})
afterAll(async () => {
  await worker?.browser.dispose()
  terminal?.dispose()
  await server?.dispose()
})
tellInChapters(() => [worker])

describe('a worker\'s day on Chromium 88', () => {
  it('is Chromium 88', async () => {
    expect(await worker.page.evaluate(() => navigator.userAgent)).toContain('Chrome/88.')
  })

  it('enrols, fetches the households and finds one by pinyin initials', async () => {
    await worker.enrol(server.linkOf('林小满'))
    await worker.statusSays(/已全部上传/, 60_000)
    expect(await search(worker, 'oysg')).toEqual(['欧阳石根'])
    home = await openHousehold(worker, '欧阳石根')
    await planVisitToday(worker, '欧阳石根')
    await worker.statusSays(/已全部上传/)
  })

  it('records a visit with a photo, a phone number and a member with no network', async () => {
    const photo = await makePhoto(worker.page)
    await server.kill()
    await worker.browser.setOffline(true)
    await recordVisit(worker, home, '欧阳石根', NOTE, photo)
    await correctPhone(worker, '13900000123')
    await addMember(worker, '欧阳小石', '孙辈')
    await worker.statusSays(/离线 · 3 条未上传/)
  })

  it('dies in the middle of an assessment, opens by PIN offline and submits', async () => {
    await assess(worker, home, '欧阳石根')
    await conclusion(worker).fill('扶手要装CANARY3307')
    await worker.page.evaluate(() => new Promise((done) => setTimeout(done, 2000)))
    await worker.browser.kill()
    await worker.browser.start()
    await worker.browser.setOffline(true)
    await worker.open(`${server.origin}${home}/assessment`)
    await worker.unlockWithPin()
    await conclusion(worker).waitFor()
    expect(await conclusion(worker).inputValue()).toBe('扶手要装CANARY3307')
    await submit(worker)
  })

  it('uploads when the network is back and the vault is open, and another device reads it all', async () => {
    await server.start()
    await worker.browser.setOffline(false)
    await worker.unlockWithPassword() // the killed browser may not have kept the minutes-old cookie that sealed uploads need
    await worker.statusSays(/已全部上传/, 60_000)
    terminal.run('sync')
    const shown = terminal.run('show', '欧阳石根')
    for (const words of [NOTE, '13900000123', '欧阳小石']) expect(shown).toContain(words)
  })

  it('leaves nothing in clear in the profile', async () => {
    await worker.browser.kill()
    expect(findInClear(worker.browser.profile, [NOTE, '扶手要装CANARY3307', '欧阳小石', '13900000123'])).toEqual([])
    expect(worker.browser.errors).toEqual([])
  })
})
