/**
 * Who may see what, and who sees that they did: a child's file without leave, asked for and given; an alarm that somebody looks at; a lost
 * phone's list and its wiping; a stand-in; one's own other phone; three administrators, a takeover by two, the record and its check.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAccessible as isScreenAccessible } from './driver/accessible'
import { PHONE, TestBrowser } from './driver/browser'
import { field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { Server } from './driver/server'

const NAME = '蒙大山'
const CHILD = '蒙小燕'
const PHONE_NUMBER = '13500000027'
const WHY = '邻居打电话说孩子两天没出门'
const READ_MAX = '4'

let server: Server
let deputy: Person
let head: Person
let worker: Person
let colleague: Person
const others: Person[] = []
let home = ''

const everyone = () => [deputy, head, worker, colleague, ...others]

beforeAll(async () => {
  process.env['YIHU_READING_FILES_PER_HOUR_MAX'] = READ_MAX
  server = await Server.make()
  delete process.env['YIHU_READING_FILES_PER_HOUR_MAX']
  deputy = new Person('沈若兰', await TestBrowser.open('access-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  head = new Person('贺长庚', await TestBrowser.open('access-head', PHONE), { password: '院子里那棵柚子树结果了', pin: '618295' })
  worker = new Person('林小满', await TestBrowser.open('access-worker', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  colleague = new Person('周青禾', await TestBrowser.open('access-colleague', PHONE), { password: '山坡上种了二十棵桃树', pin: '905127' })
})
afterAll(async () => {
  for (const person of everyone()) await person?.browser.dispose()
  await server?.dispose()
})
tellInChapters(() => everyone())

const at = (person: Person, test: string) => person.page.locator(`[data-test="${test}"]`)
const press = (person: Person, test: string) => at(person, test).first().click()
const row = (person: Person, test: string, words: string) => at(person, test).filter({ hasText: words }).first()
const choose = (person: Person, label: string, words: string) => person.page.getByRole('radiogroup', { name: label }).locator('label.y-chip').filter({ hasText: words }).first().click()
const yes = (person: Person, words: string) => person.page.getByRole('dialog').last().getByRole('button', { name: words, exact: true }).click()

async function isAccessible(person: Person, what: string): Promise<void> {
  await person.settled()
  await isScreenAccessible(person.browser, `access-${what}`)
}

/** A page that is fetched when it opens: opened again until what another phone is about to tell has come. */
async function comes(person: Person, path: string, test: string, words: string): Promise<void> {
  await expect.poll(async () => {
    await person.goTo('/me')
    await person.goTo(path)
    await person.page.locator('.y-spinner').waitFor({ state: 'detached' })
    await person.settled()
    return (await at(person, test).allInnerTexts()).join(' ')
  }, { timeout: 60_000, interval: 1_000 }).toContain(words)
}
async function makeHousehold(person: Person, name: string, door: string): Promise<string> {
  await person.goTo('/households')
  await press(person, 'new-household')
  await field(person, 'members.name').locator('input').fill(name)
  await person.page.getByRole('group', { name: '村', exact: true }).or(person.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: '竹山村' }).first().click()
  await person.page.getByLabel('门牌', { exact: true }).fill(door)
  await press(person, 'make-household')
  await person.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
  return new URL(person.page.url()).pathname
}
async function keepSheet(person: Person): Promise<void> {
  const sheet = person.page.getByRole('dialog')
  await sheet.getByRole('button', { name: '存好', exact: true }).click()
  await sheet.waitFor({ state: 'hidden' })
}
async function enrolNew(name: string, link: string, password: string, pin: string): Promise<Person> {
  const person = new Person(name, await TestBrowser.open(`access-${others.length}`, PHONE), { password, pin })
  others.push(person)
  await person.enrol(link)
  return person
}
const linkIn = (printed: string): string => /https?:\/\/\S+\/enrol#\S+/.exec(printed)?.[0] ?? ''

describe('a child’s file', () => {
  it('is open to who found the child, and the head takes a standing leave back', async () => {
    for (const person of [deputy, head, worker, colleague]) await person.enrol(server.linkOf(person.name))
    home = await makeHousehold(worker, NAME, '27号')
    await worker.press('添加家人')
    await field(worker, 'name').locator('input').fill(CHILD)
    await field(worker, 'relation').locator('label.y-chip').filter({ hasText: /^孙辈/ }).first().click()
    const born = field(worker, 'born_on').locator('input')
    const unfold = worker.page.getByRole('dialog').getByRole('button', { name: '出生日期', exact: true })
    await born.or(unfold).first().waitFor()
    if (await unfold.isVisible()) await unfold.click()
    await born.fill('2016-05-01')
    await keepSheet(worker)
    await press(worker, 'edit-phone')
    await field(worker, 'phone').locator('input').fill(PHONE_NUMBER)
    await keepSheet(worker)
    await worker.statusSays(/已全部上传/)
    await worker.goTo(home)
    await worker.sees(CHILD)

    await head.goTo('/grants')
    for (const name of ['周青禾', '林小满']) {
      await row(head, 'grant-in-force', name).locator('[data-test="end-grant"]').click()
      await yes(head, '收回')
      await row(head, 'grant-in-force', name).waitFor({ state: 'detached' })
    }
    await isAccessible(head, 'grants-head')
    await worker.syncNow()
    await worker.goTo(home)
    await worker.sees(CHILD) // the finder, until somebody decides
  })

  it('asks somebody else for a reason first, also without a network, and opens', async () => {
    await colleague.syncNow()
    await colleague.browser.close()
    await colleague.browser.start()
    await colleague.open(server.origin)
    await colleague.unlockWithPassword()
    await colleague.syncNow()
    await colleague.browser.setOffline(true)
    await colleague.goTo(home)
    await at(colleague, 'leave').waitFor()
    await isAccessible(colleague, 'leave')
    expect(await colleague.page.getByText(CHILD).count()).toBe(0)
    expect(await at(colleague, 'open-anyway').isDisabled()).toBe(true)
    await colleague.page.getByRole('button', { name: '孩子可能有危险' }).click()
    await colleague.fill('补充一句（可不写）', WHY)
    await press(colleague, 'open-anyway')
    await colleague.sees(CHILD)
    await colleague.page.locator('.y-mask--phone').first().click()
    await colleague.sees(PHONE_NUMBER)
    await colleague.goTo('/households')
    await colleague.goTo(home)
    await colleague.sees(CHILD) // not asked twice on one day
    await colleague.browser.setOffline(false)
    await colleague.syncNow()
  })

  it('shows its deputy who opened it and why, and stands as an alarm until she has looked', async () => {
    await deputy.syncNow()
    await deputy.goTo('/inbox')
    await at(deputy, 'tray-alarms').waitFor({ timeout: 60_000 })
    await press(deputy, 'tray-alarms')
    const alarm = row(deputy, 'alarm', '周青禾没有授权就打开了孩子的户档')
    await alarm.waitFor()
    await isAccessible(deputy, 'alarms')
    await alarm.getByRole('link', { name: '看理由' }).click()
    await row(deputy, 'reader', '周青禾').filter({ hasText: WHY }).waitFor()
    await row(deputy, 'reader', '周青禾').filter({ hasText: '看过遮住的号码 1 次' }).waitFor()
    await isAccessible(deputy, 'readings')
    await deputy.goTo('/alarms')
    await row(deputy, 'alarm', '周青禾').locator('[data-test="seen"]').click()
    await deputy.sees('没有要核实的警报')
    await deputy.sees(/沈若兰 .*核实/)
  })

  it('opens without a word once leave was asked for with a reason and an end, and approved', async () => {
    await colleague.goTo(`/grants?file=${home.split('/').pop()}`)
    await colleague.page.getByRole('dialog').locator('textarea').fill('从林小满手里接过这一户')
    await isAccessible(colleague, 'grants-ask')
    await press(colleague, 'send-grant')
    await row(colleague, 'grant-own', '等批准').waitFor()
    await deputy.goTo('/grants')
    const waiting = row(deputy, 'grant-waiting', '周青禾')
    await waiting.filter({ hasText: '从林小满手里接过这一户' }).waitFor()
    await isAccessible(deputy, 'grants-deputy')
    await waiting.locator('[data-test="approve"]').click()
    await yes(deputy, '批准')
    await row(deputy, 'grant-in-force', '周青禾').filter({ hasText: NAME }).waitFor()
    await colleague.goTo('/me')
    await colleague.goTo('/grants')
    await row(colleague, 'grant-own', '生效中').waitFor()
    await isAccessible(colleague, 'grants-own')
  })
})

describe('too much read', () => {
  it('alarms whoever answers for the patch, once', async () => {
    for (const door of ['31号', '32号', '33号', '34号', '35号']) await makeHousehold(worker, `覃${door}`, door)
    await worker.syncNow()
    await worker.goTo('/grants')
    await at(worker, 'read-today').waitFor()
    await comes(head, '/alarms', 'alarm', '林小满今天查阅得特别多')
    await isAccessible(head, 'alarms-head')
  })
})

describe('a lost phone', () => {
  it('is found in the list with what it said last, and its list names households and kinds of content', async () => {
    await deputy.syncNow()
    await deputy.goTo('/devices')
    await row(deputy, 'device', '周青禾').waitFor()
    await isAccessible(deputy, 'devices')
    await row(deputy, 'device', '周青禾').click()
    await at(deputy, 'software').filter({ hasText: '和您这部一样' }).waitFor()
    await press(deputy, 'held')
    const held = row(deputy, 'held-row', NAME)
    await held.filter({ hasText: '敏感' }).waitFor()
    await held.filter({ hasText: '联系电话' }).filter({ hasText: '有未成年人' }).waitFor()
    await isAccessible(deputy, 'device-held')
    const [download] = await Promise.all([deputy.page.waitForEvent('download'), press(deputy, 'export')])
    expect(download.suggestedFilename()).toMatch(/手机户档清单-[0-9a-f]{8}\.csv/)
  })

  it('once revoked it wipes itself, and the deputy sees each step', async () => {
    await press(deputy, 'revoke')
    await yes(deputy, '停用这部手机')
    await at(deputy, 'wipe').filter({ hasText: '手机还没有联网' }).waitFor()
    await isAccessible(deputy, 'device-revoked')
    await colleague.goTo('/sync')
    await colleague.press('现在上传').catch(() => undefined)
    await comes(deputy, '/devices', 'device', '已清除')
  })
})

describe('a stand-in', () => {
  it('is planned with its dates, begins by itself, and ends early', async () => {
    await head.goTo('/stand-ins')
    await press(head, 'give-stand-in')
    await choose(head, '代谁的岗位', '沈若兰')
    await choose(head, '由谁来代', '林小满')
    await isAccessible(head, 'stand-in-give')
    await press(head, 'save-stand-in')
    await row(head, 'stand-in', '正在代班').waitFor()
    await isAccessible(head, 'stand-ins')
    await worker.syncNow()
    await worker.goTo('/devices')
    await row(worker, 'device', '周青禾').waitFor() // a deputy for these days
    await press(head, 'end-stand-in')
    await yes(head, '提前结束')
    await head.sees('现在没有代班')
    await worker.syncNow()
    await worker.goTo('/administration')
    await worker.sees('三类管理员')
    expect(await worker.page.getByRole('link', { name: /^手机/ }).count()).toBe(0)
  })
})

describe('one’s own other phone', () => {
  it('is listed, and what is open on it is ended from here', async () => {
    const link = linkIn(server.command('enrol', '林小满', '--url', server.origin).printed)
    const second = await enrolNew('林小满', link, '新手机新密码也要长一点', '604817')
    await second.goTo('/sessions')
    await expect.poll(() => at(second, 'own-device').count()).toBe(2)
    await isAccessible(second, 'sessions')
    await press(second, 'end-session')
    await yes(second, '结束它的登录')
    await second.sees('已结束')
    await at(second, 'end-session').waitFor({ state: 'detached' })
  })
})

describe('powers apart', () => {
  it('are three persons; two of them give the station a deputy again, in the open', async () => {
    const link = (name: string, role: string) => linkIn(server.command('station', 'appoint', name, role, '--new', '--url', server.origin).printed)
    const system = await enrolNew('方砚秋', link('方砚秋', 'system'), '机房门口有一盆绿萝要浇', '571936')
    const security = await enrolNew('陆知遥', link('陆知遥', 'security'), '钥匙分开放在两个抽屉里', '482759')
    await system.goTo('/administration')
    await at(system, 'my-role').filter({ hasText: '系统管理员' }).waitFor()
    await isAccessible(system, 'administration')
    await system.goTo('/administration/recoveries')
    await press(system, 'ask-recovery')
    await choose(system, '由谁接管', '林小满')
    await system.page.getByRole('dialog').locator('textarea').fill('副站长调走了，站长住院')
    await press(system, 'send-recovery')
    await row(system, 'recovery', '等另一类管理员确认').waitFor()
    expect(await at(system, 'confirm-recovery').count()).toBe(0)
    await isAccessible(system, 'recovery-asked')

    await worker.syncNow() // the names of who was just appointed
    await worker.goTo('/administration/recoveries')
    await row(worker, 'recovery', '方砚秋申请').waitFor() // the station sees it
    expect(await at(worker, 'confirm-recovery').count()).toBe(0)
    await security.goTo('/administration/recoveries')
    await press(security, 'confirm-recovery')
    await yes(security, '我确认接管')
    await at(security, 'recovery-code').waitFor()
    await isAccessible(security, 'recovery-code')
    await head.syncNow()
    await comes(head, '/alarms', 'alarm', '陆知遥确认了接管站点')

    await security.goTo('/administration/accounts')
    await row(security, 'account', '周青禾').locator('[data-test="set-end"]').click()
    await isAccessible(security, 'account-end')
    await press(security, 'end-now')
    await yes(security, '现在停用')
    await security.sees('已停用的账号')
    await isAccessible(security, 'accounts')
  })

  it('leave the record to the third, who sees who did what and checks that it is whole', async () => {
    const audit = await enrolNew('顾闻笛', linkIn(server.command('station', 'appoint', '顾闻笛', 'audit', '--new', '--url', server.origin).printed), '账要一笔一笔对过才算数', '395162')
    await audit.goTo('/administration/audit')
    await row(audit, 'entry', '确认接管').filter({ hasText: '陆知遥' }).waitFor()
    await audit.page.getByRole('button', { name: '查阅', exact: true }).click()
    await row(audit, 'entry', '没有授权打开孩子的户档').filter({ hasText: '周青禾' }).waitFor()
    await press(audit, 'verify')
    await at(audit, 'verified').filter({ hasText: '完好' }).waitFor()
    await isAccessible(audit, 'audit')
    await head.goTo('/administration/audit')
    await row(head, 'entry', '申请接管').waitFor() // a head keeps the alarms
    expect(await at(head, 'verify').count()).toBe(0)
  })
})
