/**
 * A village without any network: what one phone recorded reaches the station in somebody else's pocket, and its receipt comes back
 * the same way. The two phones never meet the server at the same time; the author's is never online after enrolment.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PHONE, TestBrowser, TODAYS } from './driver/browser'
import { Film } from './driver/camera'
import { addMember, correctPhone, openHousehold } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { findInClear } from './driver/leaks'
import { chromium88 } from './driver/old'
import { Person } from './driver/person'
import { freePort, Server } from './driver/server'
import { Terminal } from './driver/terminal'

const MEMBER = '欧阳小石CANARY5501'
const folder = mkdtempSync(join(tmpdir(), 'yihu-pocket-'))
const carried = join(folder, 'carried.yihu')
let server: Server
let terminal: Terminal
let author: Person
let carrier: Person
let film: Film
let home = ''
let shared = ''
const camera = { ...TODAYS, args: [...TODAYS.args] } // the author's phone gets its film before it is started again

beforeAll(async () => {
  server = await Server.make()
  terminal = new Terminal(server.linkOf('沈若兰'))
  terminal.run('new', '--scope', '东片区', '--head', '欧阳石根', 'phone=13900000990')
  terminal.run('sync')
  film = new Film()
  author = new Person('林小满', await TestBrowser.open('author', PHONE, camera), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  carrier = new Person('周青禾', await TestBrowser.open('carrier', PHONE), { password: '早上走了五里山路才到', pin: '739184' })
})
afterAll(async () => {
  await author?.browser.dispose()
  await carrier?.browser.dispose()
  terminal?.dispose()
  film?.dispose()
  await server?.dispose()
  rmSync(folder, { recursive: true, force: true })
})
tellInChapters(() => [author, carrier])

const items = (person: Person, kind: string) => person.page.locator(`[data-test="carried-${kind}"]`)
const taken = (person: Person, words: string | RegExp) => person.page.locator('[data-test="taken"]').filter({ hasText: words }).waitFor({ timeout: 60_000 })

/** The drawing and the reading of QR codes come in the background, after the app itself. */
async function hasPictures(person: Person): Promise<void> {
  const isKept = async () => {
    const paths: string[] = []
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) paths.push(request.url)
    // The library, which drawing and reading share, and our drawing on it are both named qr.
    return paths.filter((path) => /\/qr-[^/]*\.js$/.test(path)).length >= 2 && paths.some((path) => path.includes('/decode-'))
  }
  await expect.poll(() => person.page.evaluate(isKept), { timeout: 60_000, interval: 500 }).toBe(true)
}
async function goToCarry(person: Person): Promise<void> {
  await person.goTo('/sync')
  await person.page.locator('[data-test="carry-link"]').click()
  await person.sees('收下别人的')
}
async function choose(person: Person, file: string): Promise<void> {
  await person.page.locator('[data-test="file"]').setInputFiles(file)
}
/** How many members the station lists: what arrives twice must not stand twice. */
function members(): number {
  const state = JSON.parse(terminal.run('show', '欧阳石根', '--json')) as { elements: Record<string, { collection: string }> }
  return Object.values(state.elements).filter((element) => element.collection === 'members').length
}
function write(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
/** As if of another station: the header says so and the hash fits. */
function elsewhere(bundle: Buffer): Buffer {
  const body = Buffer.from(bundle.subarray(0, -32))
  body.fill(6, 28, 44)
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

describe('records in somebody\'s pocket', () => {
  it('an author enrols and goes where no network comes; the carrier enrols after that', async () => {
    await author.enrol(server.linkOf('林小满'))
    await author.statusSays(/已全部上传/, 60_000)
    await hasPictures(author)
    await author.browser.setOffline(true)
    await carrier.enrol(server.linkOf('周青禾'))
    await carrier.statusSays(/已全部上传/, 60_000)
    await hasPictures(carrier)
    await carrier.browser.setOffline(true)
  })

  it('the author records, makes a file without any network and gives it away', async () => {
    home = await openHousehold(author, '欧阳石根')
    await correctPhone(author, '13900000551')
    await addMember(author, MEMBER, '孙辈')
    await author.statusSays(/离线 · 2 条未上传/)
    await goToCarry(author)
    await author.sees(/有 2 条还没有回执/)
    await author.browser.screenshot('carry-before')
    await author.page.locator('[data-test="make-bundle"]').click()
    await author.browser.screenshot('carry-give')
    const [download] = await Promise.all([author.page.waitForEvent('download'), author.page.locator('[data-test="give-file"]').click()])
    expect(download.suggestedFilename()).toMatch(/^yihu-saves-[0-9a-f]{8}\.yihu$/)
    await download.saveAs(carried)
    await author.page.locator('[data-test="given"]').click()
    await author.page.locator('[data-test="handed"]').filter({ hasText: '已交给别人带走 2 条，还没有回执' }).waitFor()
    await author.browser.screenshot('carry-handed')
    await author.statusSays(/离线 · 2 条未上传/) // given away is not arrived
  })

  it('a locked phone gives them too, by the share sheet and without a password', async () => {
    await author.goTo('/me')
    await author.press('锁上')
    await author.page.evaluate(() => {
      Object.assign(navigator, {
        canShare: () => true,
        share: async ({ files }: { files: File[] }) => void Object.assign(window, { shared: { name: files[0]!.name, text: await files[0]!.text() } }),
      })
    })
    await goToCarry(author)
    await author.page.locator('[data-test="make-bundle"]').click()
    await author.page.locator('[data-test="give-share"]').click()
    await author.page.locator('[data-test="make-bundle"]').waitFor()
    const given = await author.page.waitForFunction(() => (window as unknown as { shared?: { name: string; text: string } }).shared)
    const { name, text } = (await given.jsonValue())!
    expect(name).toMatch(/^yihu-saves-[0-9a-f]{8}\.yihu\.txt$/)
    expect(text).toContain('没网也能交')
    shared = write(name, text)
  })

  it('the carrier takes both in without a network; what is damaged, strange or of elsewhere is refused in words', async () => {
    await goToCarry(carrier)
    const whole = readFileSync(carried)
    for (const [file, words] of [
      [write('half.yihu', whole.subarray(0, whole.length / 2)), /在路上损坏或不完整/],
      [write('turned.yihu', Buffer.concat([whole.subarray(0, 99), Buffer.from([whole[99]! ^ 1]), whole.subarray(100)])), /在路上损坏或不完整/],
      [write('elsewhere.yihu', elsewhere(whole)), /这是别的站的文件/],
      [write('letter.txt', '您好，请查收'), /这不是捎带文件/],
    ] as const) {
      await choose(carrier, file)
      await carrier.sees(words)
      await carrier.sees('什么都没有丢，也什么都没有改。')
    }
    expect(await items(carrier, 'saves').count()).toBe(0)
    await carrier.browser.screenshot('carry-refused')
    await choose(carrier, carried)
    await taken(carrier, '收下了。有网时会自动交上')
    await choose(carrier, carried)
    await taken(carrier, '这份已经收过了')
    await choose(carrier, shared)
    await taken(carrier, '收下了。有网时会自动交上')
    await expect.poll(() => items(carrier, 'saves').count()).toBe(2)
    await carrier.browser.screenshot('carry-carrying')
  })

  it('a laptop without internet takes the file from a phone of 2021 by a plain page, to hand it in later', async () => {
    const port = await freePort()
    const laptop = await terminal.start(/phones on the same Wi-Fi open/, 'collect', '--host', '127.0.0.1', '--port', String(port))
    const phone = await TestBrowser.open('plain', PHONE, chromium88())
    try {
      await phone.page.goto(`http://127.0.0.1:${port}/`)
      await phone.page.locator('input[type="file"]').setInputFiles([carried, write('letter.txt', '您好')])
      await phone.screenshot('carry-laptop')
      await phone.page.getByRole('button', { name: '交上去' }).click()
      await phone.page.getByText('carried.yihu 收下了').waitFor()
      await phone.page.getByText('letter.txt 这不是捎带文件').waitFor()
      await phone.screenshot('carry-laptop-taken')
      expect(phone.errors).toEqual([])
    } finally {
      await phone.dispose()
      await laptop.stop()
    }
    expect(terminal.run('bundle', 'list')).toContain('waiting')
  })

  it('where there is a network they are handed in by themselves, once, and the carrier reads none of it in the file', async () => {
    await carrier.browser.setOffline(false)
    await carrier.page.evaluate(() => dispatchEvent(new Event('online')))
    await items(carrier, 'saves').and(carrier.page.locator('[data-state="handed_in"]')).nth(1).waitFor({ timeout: 40_000 })
    terminal.run('sync')
    const shown = terminal.run('show', '欧阳石根')
    expect(shown).toContain('13900000551')
    expect(shown).toContain(MEMBER)
    expect(members()).toBe(2)
    expect(readFileSync(carried).includes(MEMBER)).toBe(false)
    await expect.poll(() => items(carrier, 'receipts').count()).toBe(2)
    await author.goTo('/carry')
    await author.page.locator('[data-test="handed"]').waitFor() // nobody told the author yet
  })

  it('the receipt goes back by the screen of one phone and the camera of the other', async () => {
    await carrier.browser.setOffline(true)
    await items(carrier, 'receipts').first().getByRole('button', { name: '交给她' }).click()
    await carrier.page.locator('[data-test="give-pictures"]').click()
    const count = await film.shoot(carrier.page)
    expect(count).toBeGreaterThan(1)
    await carrier.browser.screenshot('carry-pictures')
    await carrier.page.locator('[data-test="pictures-given"]').click()

    camera.args.push(...film.args)
    await author.browser.close()
    await author.browser.start()
    await author.browser.setOffline(true)
    await author.open(`${server.origin}/`)
    await author.unlockWithFieldCode()
    await goToCarry(author)
    await author.page.locator('[data-test="scan"]').click()
    await author.browser.screenshot('carry-scanning')
    await taken(author, '收到回执：2 条已有结果')
    await author.browser.screenshot('carry-received')
  })

  it('the author\'s outbox is empty and shows them accepted, though the phone never was online', async () => {
    await author.sees('没有要带走的：记下的都已经有回执。')
    expect(await author.page.locator('[data-test="handed"]').count()).toBe(0)
    await author.goTo('/sync')
    await author.sees('都传完了')
    await expect.poll(() => author.page.getByText('已收到').count()).toBeGreaterThanOrEqual(2)
    await author.goTo(home)
    await author.sees(MEMBER)
  })

  it('repeating any of it changes nothing, by phone or by laptop', async () => {
    expect(JSON.parse(terminal.run('bundle', 'handin', '--json'))).toMatchObject({ bundles: 1, received: 0, known: 2 })
    await goToCarry(carrier)
    await choose(carrier, carried)
    await taken(carrier, '这份已经收过了')
    await carrier.browser.setOffline(false)
    await carrier.syncNow()
    terminal.run('sync')
    expect(members()).toBe(2)
  })

  it('leaves nothing in clear, in no profile and in no file', async () => {
    for (const person of [author, carrier]) {
      expect(person.browser.errors).toEqual([])
      await person.browser.kill()
    }
    expect(findInClear(author.browser.profile, [MEMBER, '13900000551'])).toEqual([])
    expect(findInClear(carrier.browser.profile, [MEMBER])).toEqual([])
    expect(findInClear(folder, [MEMBER, '13900000551'])).toEqual([])
  })
})
