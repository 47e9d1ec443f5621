/** The server's data is put back to an older copy: phones bring back what it forgot. Then its past is altered: they refuse it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { addMember, correctPhone, openHousehold } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'
import { Terminal } from './driver/terminal'

let server: Server
let terminal: Terminal
let worker: Person
let deputy: Person
let newcomer: Terminal | null = null
let newcomersLink = ''

beforeAll(async () => {
  server = await Server.make()
  terminal = new Terminal(server.linkOf('周青禾'))
  newcomersLink = server.linkOf('贺长庚')
  terminal.run('sync')
  for (const head of ['欧阳石根', '单水生']) terminal.run('new', '--head', head, 'phone=13900000990')
  terminal.run('sync')
  worker = new Person('林小满', await TestBrowser.open('restored-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  deputy = new Person('沈若兰', await TestBrowser.open('restored-deputy', PHONE), { password: '早上喝了两碗小米粥真好', pin: '739184' })
}, 300_000)
afterAll(async () => {
  for (const person of [worker, deputy]) await person?.browser.dispose()
  terminal?.dispose()
  newcomer?.dispose()
  await server?.dispose()
})
tellInChapters(() => [worker, deputy])

/** What this phone's page of synchronising says under a heading. */
async function told(person: Person, mark: string): Promise<string> {
  await person.goTo('/sync')
  const card = person.page.locator(`[data-test="${mark}"]`)
  await card.waitFor({ timeout: 40_000 })
  return card.innerText()
}

describe('a server that was put back to yesterday', () => {
  it('takes a day of work in from two phones and a terminal', async () => {
    await worker.enrol(server.linkOf('林小满'))
    await deputy.enrol(server.linkOf('沈若兰'))
    for (const person of [worker, deputy]) await person.statusSays(/已全部上传/, 60_000)
    await server.kill()
    server.copyData('yesterday')
    await server.start()
    await openHousehold(worker, '欧阳石根')
    await correctPhone(worker, '13900000123')
    await addMember(worker, '欧阳小石', '孙辈')
    await worker.statusSays(/已全部上传/, 60_000)
    await openHousehold(deputy, '单水生')
    await correctPhone(deputy, '13900000456')
    await deputy.statusSays(/已全部上传/, 60_000)
  })

  it('forgets it, and gets everything back from the phones, which say so in plain words', async () => {
    await server.kill()
    server.putBack('yesterday')
    await server.start()
    await worker.syncNow()
    const words = await told(worker, 'restored')
    expect(words).toContain('服务器恢复过备份')
    expect(words).toMatch(/2 条服务器忘了的/)
    await worker.browser.screenshot('restored')
    await deputy.syncNow()
    expect(await told(deputy, 'restored')).toContain('服务器恢复过备份')
  })

  it('shows it to someone who was never there, and to the terminal', async () => {
    newcomer = new Terminal(newcomersLink)
    for (const device of [newcomer, terminal]) {
      device.run('sync')
      const shown = device.run('show', '欧阳石根')
      for (const words of ['13900000123', '欧阳小石']) expect(shown).toContain(words)
      expect(device.run('show', '单水生')).toContain('13900000456')
    }
    await openHousehold(deputy, '欧阳石根')
    await deputy.sees('欧阳小石')
  })

  it('is whole again by its own reckoning', async () => {
    await server.kill()
    expect(server.command('verify').printed).toContain('0 findings')
    server.copyData('whole')
    await server.start()
  })
})

describe('a past that somebody altered', () => {
  it('is refused by the phone that remembers it, shown, and nothing is lost', async () => {
    await server.kill()
    // The last node of an entry is the top of a subtree: whatever the size of the log, its root is made of some of these.
    server.tamper("UPDATE log_entry SET nodes = CAST(substr(nodes, 1, length(nodes) - 2) || x'0990' AS BLOB)")
    await server.start()
    await openHousehold(worker, '单水生')
    await correctPhone(worker, '13900000789')
    await worker.goTo('/sync')
    await worker.press('现在上传')
    const words = await told(worker, 'log-differs')
    expect(words).toContain('可能有人动过服务器里的数据')
    await worker.sees('服务器的记录和这台手机记得的不一样')
    await worker.statusSays(/1 条/)
    await worker.browser.screenshot('log-differs')
  })

  it('is named row by row on the server', async () => {
    await server.kill()
    const { code, printed } = server.command('verify')
    expect(code).toBe(1)
    expect(printed).toMatch(/altered +log_entry +1 /)
  })

  it('and once the true data is back, the phone goes on by itself', async () => {
    server.putBack('whole')
    await server.start()
    await worker.syncNow()
    await worker.goTo('/sync')
    await worker.sees('服务器恢复过备份')
    expect(await worker.page.locator('[data-test="log-differs"]').count()).toBe(0)
    terminal.run('sync')
    expect(terminal.run('show', '单水生')).toContain('13900000789')
  })
})
