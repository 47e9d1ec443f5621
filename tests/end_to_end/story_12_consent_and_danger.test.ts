/**
 * What a family agrees to and takes back, what is photographed and said, and what happens when somebody is in danger: in real browsers with
 * a camera and a microphone, offline where it happens, then over a line that breaks every 50 KB.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { isAccessible as isScreenAccessible } from './driver/accessible'
import { BreakingLine } from './driver/breaking'
import { PHONE, TestBrowser, TODAYS } from './driver/browser'
import { field } from './driver/casework'
import { tellInChapters } from './driver/chapters'
import { Person } from './driver/person'
import { makePhoto } from './driver/photo'
import { Server } from './driver/server'

const NAME = '覃石头'
const CHILD = '覃小妹'
const SECRET = '皮带抽的印子'
const LISTENING = { ...TODAYS, args: [...TODAYS.args, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'] }
const BREAKS_AFTER = 50_000

let server: Server
let line: BreakingLine
let deputy: Person
let worker: Person
let home = ''

beforeAll(async () => {
  server = await Server.make()
  line = await BreakingLine.before(server.port)
  deputy = new Person('沈若兰', await TestBrowser.open('danger-deputy', PHONE), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  worker = new Person('林小满', await TestBrowser.open('danger-worker', PHONE, LISTENING), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
})
afterAll(async () => {
  for (const person of [deputy, worker]) await person?.browser.dispose()
  await line?.dispose()
  await server?.dispose()
})
tellInChapters(() => [deputy, worker])

const test = (person: Person, name: string) => person.page.locator(`[data-test="${name}"]`).first()
const press = (person: Person, name: string) => test(person, name).click()
const chip = (within: Locator, words: string) => within.locator('label.y-chip').filter({ hasText: new RegExp(`^${words}`) }).first()
const choose = (person: Person, name: string, words: string) => chip(field(person, name), words).click()
const write = (person: Person, name: string, text: string) => field(person, name).locator('textarea, input').first().fill(text)
const atCase = (person: Person) => person.page.locator('h1', { hasText: '服务进程' }).waitFor()
const files = (person: Person, name: string) => person.page.getByRole('group', { name, exact: true })

async function isAccessible(person: Person, what: string): Promise<void> {
  await person.settled()
  await isScreenAccessible(person.browser, `danger-${what}`)
}

/** A finger's stroke over the sheet. */
async function sign(person: Person): Promise<void> {
  await press(person, 'sign')
  const sheet = person.page.locator('canvas.sign')
  await sheet.waitFor()
  const box = (await sheet.boundingBox())!
  await person.page.mouse.move(box.x + 20, box.y + 30)
  await person.page.mouse.down()
  for (let at = 1; at <= 8; at++) await person.page.mouse.move(box.x + 20 + at * 25, box.y + 30 + (at % 2) * 60)
  await person.page.mouse.up()
  await press(person, 'signed')
}

/** What is stored of attachments on this phone: sizes and kinds, never content. */
function stored(person: Person): Promise<{ bytes: number; type: string; uploaded: boolean; small: boolean; clear: boolean }[]> {
  return person.page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((one) => one.name as string).filter((name) => name !== 'yihu')
    const rows: { bytes: number; media_type: string; uploaded: boolean; small?: boolean; body: { ct?: ArrayBuffer } }[] = []
    for (const name of names) {
      const database = await new Promise<IDBDatabase>((done) => { const open = indexedDB.open(name); open.onsuccess = () => done(open.result) })
      if (database.objectStoreNames.contains('attachments')) rows.push(...(await new Promise<never[]>((done) => { const all = database.transaction('attachments').objectStore('attachments').getAll(); all.onsuccess = () => done(all.result as never[]) })))
      database.close()
    }
    const isClear = (value: unknown): boolean => {
      const bytes = value instanceof Uint8Array ? value : value instanceof ArrayBuffer ? new Uint8Array(value) : null
      if (bytes) return (bytes[0] === 0xff && bytes[1] === 0xd8) || (bytes[0] === 0x1a && bytes[1] === 0x45)
      return typeof value === 'object' && value !== null && Object.values(value).some(isClear)
    }
    return rows.map((row) => ({ bytes: row.bytes, type: row.media_type, uploaded: row.uploaded, small: row.small === true, clear: isClear(row.body) }))
  })
}

async function record(person: Person, within: Locator): Promise<void> {
  await within.locator('[data-test="voice"]').click()
  await person.page.locator('[data-recording]').waitFor()
  await expect.poll(async () => (await person.page.locator('[data-recording]').innerText()).includes('0:02'), { timeout: 20_000 }).toBe(true)
  await within.locator('[data-test="voice"]').click()
  await within.locator('[data-test="voice-note"] audio').first().waitFor()
}

describe('what a family agrees to', () => {
  it('is read aloud, in the words of its kind and for a child too, and signed on the glass without a network', async () => {
    await deputy.enrol(server.linkOf('沈若兰'))
    await worker.enrol(server.linkOf('林小满').replace(server.origin, line.origin))
    await worker.statusSays(/已全部上传/)
    await worker.goTo('/new-household')
    await expect.poll(() => worker.page.evaluate(async () => (await (await caches.open((await caches.keys())[0] as string)).keys()).filter((one) => /(notices|voices)-[^/]*\.js/.test(one.url)).length), { timeout: 60_000 }).toBe(2)
    await worker.browser.setOffline(true)
    await field(worker, 'members.name').locator('input').fill(NAME)
    await worker.page.getByRole('group', { name: '村', exact: true }).or(worker.page.locator('fieldset').filter({ hasText: '村' })).first().locator('label.y-chip').filter({ hasText: '竹山村' }).first().click()
    await worker.page.getByLabel('门牌', { exact: true }).fill('3号')
    await press(worker, 'make-household')
    await worker.page.waitForURL(/\/households\/[0-9a-f]{32}$/)
    home = new URL(worker.page.url()).pathname
    await worker.press('添加家人')
    await field(worker, 'name').locator('input').fill(CHILD)
    await field(worker, 'born_on').locator('input').first().fill('2017-05-04')
    await chip(field(worker, 'relation'), '孙辈').click()
    const sheet = worker.page.getByRole('dialog')
    await sheet.getByRole('button', { name: '存好', exact: true }).click()
    await sheet.waitFor({ state: 'hidden' })
    await worker.goTo(`${home}/records/consent`)
    await worker.sees('您可以只同意一部分')
    // A phone that can speak; headless browsers have no voice, so what it is given to say is caught.
    await worker.page.evaluate(() => {
      const said: string[] = ((window as unknown as { said: string[] }).said = [])
      Object.defineProperty(window, 'speechSynthesis', { configurable: true, value: { getVoices: () => [], cancel: () => undefined, speak: (words: SpeechSynthesisUtterance) => { said.push(words.text); setTimeout(() => words.onend?.(new Event('end') as SpeechSynthesisEvent)) } } })
    })
    await choose(worker, 'member', CHILD)
    await worker.sees('孩子自己的意思也要听')
    await press(worker, 'read-aloud')
    await expect.poll(() => worker.page.evaluate(() => (window as unknown as { said: string[] }).said.join(''))).toMatch(/随时可以看自己的档案.*孩子自己的意思也要听/s)
    await expect.poll(() => field(worker, 'read_aloud').locator('input:checked').count()).toBe(1)
    await choose(worker, 'state', '同意')
    await choose(worker, 'signed_by', '本人')
    await worker.sees('不满14周岁，要由监护人签')
    await choose(worker, 'signed_by', '监护人')
    await choose(worker, 'signature_kind', '监护人签名')
    await sign(worker)
    await files(worker, '签名').locator('img').waitFor()
    await isAccessible(worker, 'consent')
    await press(worker, 'save-record')
    await atCase(worker)
    const kept = await stored(worker)
    expect(kept.filter((one) => !one.small).map((one) => [one.type, one.clear])).toEqual([['image/jpeg', false]])
    expect(kept.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThan(40_000)
  })

  it('says on a phone without a voice that it cannot read aloud', async () => {
    await worker.goTo(`${home}/records/consent`)
    await worker.page.evaluate(() => Object.defineProperty(window, 'speechSynthesis', { configurable: true, value: { getVoices: () => [], cancel: () => undefined, speak: (words: SpeechSynthesisUtterance) => setTimeout(() => words.onerror?.({ error: 'language-unavailable' } as SpeechSynthesisErrorEvent)) } }))
    await press(worker, 'read-aloud')
    await test(worker, 'mute').waitFor()
  })

  it('is asked about photos first; a photo and a voice note of a visit are kept encrypted, each with what was agreed', async () => {
    await worker.goTo(`${home}/visit`)
    await test(worker, 'ask-photos').waitFor()
    await worker.goTo(`${home}/records/consent`)
    await choose(worker, 'kind', '拍照录音同意')
    await worker.sees('不发朋友圈')
    await choose(worker, 'state', '同意')
    await choose(worker, 'signed_by', '本人')
    await files(worker, '纸质件照片').locator('input[type="file"]').setInputFiles({ name: 'paper.jpg', mimeType: 'image/jpeg', buffer: await makePhoto(worker.page) })
    await files(worker, '纸质件照片').locator('img').waitFor()
    await press(worker, 'save-record')
    await atCase(worker)
    await worker.goTo(`${home}/visit`)
    const card = worker.page.getByRole('region', { name: '照片和确认', exact: true })
    await expect.poll(() => worker.page.locator('[data-test="ask-photos"]').count()).toBe(0)
    await card.locator('input[type="file"]').setInputFiles({ name: 'house.jpg', mimeType: 'image/jpeg', buffer: await makePhoto(worker.page) })
    await card.locator('img').first().waitFor()
    await record(worker, card)
    await isAccessible(worker, 'visit-photos')
    await press(worker, 'save-visit')
    await worker.sees(/走访 1 次/)
    const kept = await stored(worker)
    expect(kept.every((one) => !one.clear && !one.uploaded)).toBe(true)
    expect(kept.filter((one) => one.type === 'audio/webm').length).toBe(1)
    expect(kept.filter((one) => one.small).length).toBeGreaterThanOrEqual(1)
  })
})

describe('what was kept', () => {
  it('gets through a line that breaks every 50 KB, small pictures first', async () => {
    const order: string[] = []
    worker.page.on('request', (request) => {
      const metadata = request.headers()['upload-metadata']
      if (request.method() === 'POST' && metadata) order.push(request.headers()['upload-length'] as string)
    })
    line.breaksAfter = BREAKS_AFTER
    line.carried = 0
    await worker.browser.setOffline(false)
    await expect.poll(async () => (await stored(worker)).filter((one) => !one.uploaded).length, { timeout: 180_000 }).toBe(0)
    line.breaksAfter = null
    const kept = await stored(worker)
    const bytes = kept.reduce((sum, one) => sum + one.bytes, 0)
    console.log(`attachments ${kept.length}, ${bytes} bytes; the line broke ${line.breaks} times and carried ${line.carried} bytes`)
    expect(bytes).toBeGreaterThan(3 * BREAKS_AFTER)
    expect(line.breaks).toBeGreaterThanOrEqual(3)
    const small = kept.filter((one) => one.small).map((one) => String(one.bytes))
    expect(small.length).toBeGreaterThanOrEqual(1)
    expect(order.slice(0, small.length).sort()).toEqual([...small].sort())
    await worker.statusSays(/已全部上传/, 60_000)
  })

  it('is shown to the deputy by its small picture; the whole one is fetched when it is asked for; the note can be heard', async () => {
    const asked: number[] = []
    deputy.page.on('response', async (response) => {
      if (/\/attachments\/[0-9a-f]{32}\/[0-9a-f]{64}$/.test(response.url()) && response.ok()) asked.push((await response.body().catch(() => Buffer.alloc(0))).length)
    })
    await deputy.syncNow()
    await deputy.goTo(home)
    await test(deputy, 'photo').locator('img').waitFor()
    const audio = deputy.page.locator('[data-test="voice-note"] audio').first()
    await audio.waitFor()
    await expect.poll(() => audio.evaluate(async (player: HTMLAudioElement) => { await player.play().catch(() => undefined); return player.currentTime > 0 && player.error === null }), { timeout: 20_000 }).toBe(true)
    const images = () => asked.filter((bytes) => bytes > 8_000).length
    const before = images()
    await deputy.page.locator('[data-test="photo"]').last().click()
    await deputy.page.locator('.photos__big[data-whole]').waitFor()
    expect(images()).toBeGreaterThan(before)
    await deputy.page.keyboard.press('Escape')
  })

  it('is taken back: what stops is told before, the camera is gone, and nobody sees the pictures any more', async () => {
    await worker.goTo(`${home}/case`)
    await atCase(worker)
    await worker.page.locator('[data-test="step-identification"]').waitFor()
    if (!(await worker.page.locator('[data-test="records-consent"]').first().isVisible())) await worker.page.locator('[data-test="step-identification"] summary').click()
    await worker.page.locator('[data-test="records-consent"] a.y-row').filter({ hasText: '拍照录音同意' }).click()
    await worker.sees('当时念的是 2026-11 版')
    await worker.browser.setOffline(true)
    await press(worker, 'withdraw')
    await test(worker, 'consent-effect').waitFor()
    expect(await test(worker, 'consent-effect').innerText()).toMatch(/已有的 2 张照片或录音/)
    await isAccessible(worker, 'withdrawal')
    await press(worker, 'save-record')
    await atCase(worker)
    await worker.goTo(`${home}/visit`)
    await test(worker, 'no-photos').waitFor()
    expect(await worker.page.locator('input[type="file"]').count()).toBe(0)
    await worker.goTo(home)
    await test(worker, 'curtain').waitFor()
    await worker.browser.setOffline(false)
    await worker.statusSays(/已全部上传/, 60_000)
    await deputy.syncNow()
    await deputy.goTo(home)
    await test(deputy, 'curtain').waitFor()
    expect(await deputy.page.locator('[data-test="voice-note"]').count()).toBe(0)
  })
})

describe('somebody is in danger', () => {
  it('the red button stands on every screen of a visit, and opens without a network', async () => {
    await worker.browser.setOffline(true)
    for (const path of ['', '/visit', '/case', '/assessment', '/records/crisis', '/records/consent', '/instruments', '/policies', '/history']) {
      await worker.goTo(`${home}${path}`)
      const button = worker.page.locator('header [data-test="emergency"]')
      await button.waitFor()
      await worker.settled()
      const box = (await button.boundingBox())!
      expect(Math.min(box.width, box.height), path).toBeGreaterThanOrEqual(48)
      await button.click()
      await worker.page.locator('a[href="tel:110"]').waitFor()
      expect(await worker.page.locator('a[href^="tel:"]').count(), path).toBe(6)
    }
    await isAccessible(worker, 'red-card')
  })

  it('a tap calls and notes whom and when; evidence is kept although photos were refused; one save raises the alarm', async () => {
    await worker.goTo(`${home}/visit`)
    await worker.page.locator('header [data-test="emergency"]').click()
    await worker.page.evaluate(() => addEventListener('click', (event) => { if ((event.target as Element).closest('a[href^="tel:"]')) event.preventDefault() }))
    await worker.page.locator('a[href="tel:110"]').click()
    await press(worker, 'to-crisis')
    expect(await test(worker, 'crisis-time').innerText()).toMatch(/用了 0 分钟/)
    await choose(worker, 'kind', '儿童受到侵害')
    await write(worker, 'what_happened', SECRET)
    const evidence = files(worker, '证据')
    await evidence.locator('input[type="file"]').setInputFiles({ name: 'arm.jpg', mimeType: 'image/jpeg', buffer: await makePhoto(worker.page) })
    await evidence.locator('img').first().waitFor()
    await record(worker, evidence)
    await isAccessible(worker, 'crisis')
    await press(worker, 'save-record')
    await atCase(worker)
    await worker.browser.setOffline(false)
    await worker.statusSays(/已全部上传/, 60_000)
    await worker.goTo('/inbox')
    await test(worker, 'danger-row').filter({ hasText: '副站长还没看到' }).waitFor()
    await isAccessible(worker, 'worker-inbox')
  })

  it('the deputy is told by herself at her next sync, on any screen, without a word of what it is, until she has seen it', async () => {
    await deputy.goTo('/households')
    await deputy.goTo('/sync')
    await deputy.press('现在上传')
    const alarm = test(deputy, 'alarm')
    await alarm.waitFor({ timeout: 60_000 })
    const said = await alarm.innerText()
    expect(said).toContain(NAME)
    expect(said).toContain('0 分钟后已报告')
    expect(said).not.toMatch(/侵害|皮带/)
    await isAccessible(deputy, 'alarm')
    await deputy.page.reload()
    await deputy.unlockWithPassword()
    await alarm.waitFor()
    await deputy.goTo('/me')
    await alarm.waitFor()
    await press(deputy, 'alarm-open')
    await deputy.page.locator('h1', { hasText: '危机介入记录' }).waitFor()
    await expect.poll(() => field(deputy, 'what_happened').locator('textarea').inputValue()).toBe(SECRET)
    await alarm.waitFor({ state: 'detached' })
    await deputy.statusSays(/已全部上传/, 60_000)
    await deputy.goTo(`${home}/case`)
    await worker.syncNow()
    await worker.goTo('/inbox')
    await test(worker, 'danger-row').filter({ hasText: '副站长已看到' }).waitFor()
    await press(worker, 'danger-row')
    await test(worker, 'crisis-seen').waitFor()
    await test(worker, 'files-kept').locator('audio').first().waitFor()
  })
})
