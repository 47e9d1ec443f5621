/**
 * Times the built app in Chromium against a running server: `node phone.mjs PWA_FOLDER URL CODE HOUSEHOLDS` prints JSON.
 * A worker enrols, syncs, is cut off; then everything is done offline at 4x CPU throttle, from a browser started anew.
 * Throttling slows the main thread only: key derivation in its worker runs at full speed of this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [pwa, url, code, households] = process.argv.slice(2)
const { chromium } = createRequire(join(pwa, 'package.json'))('playwright-core')
const THROTTLE = 4
const KEYBOARD_PX = 260 // of 640: what Android's keyboard covers of a small phone
const PASSWORD = '晚饭吃了三碗米饭和一碟咸菜'
const PIN = '482915'
const WORDS = ['上坪', '陈秀芳', '19900001', 'csf', 'wangxiufang', '12345X'] // 33 keys
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const OPTIONS = {
  executablePath: process.env.YIHU_CHROMIUM || '/usr/bin/chromium', headless: true, args: ARGS, locale: 'zh-CN',
  viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, hasTouch: true,
}

const profile = mkdtempSync(join(tmpdir(), 'yihu-bench-'))
let thread = null
const figures = { households: Number(households), throttle: THROTTLE }

async function open(throttle) {
  const context = await chromium.launchPersistentContext(profile, OPTIONS)
  const page = context.pages()[0] || (await context.newPage())
  page.setDefaultTimeout(300_000)
  const tools = await context.newCDPSession(page)
  if (throttle > 1) await tools.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' })
  thread = tools
  return { context, page }
}

/** Seconds that the page's main thread has worked: steadier than wall time where neighbours share the machine. */
async function threadSeconds() {
  const { metrics } = await thread.send('Performance.getMetrics')
  return metrics.find(one => one.name === 'TaskDuration').value
}

/** Runs in the page, without the test tool's own scripts (compiling them costs a slow phone 0.2 s): ms from `act` to the frame in which `stands` is drawn. */
async function untilDrawn(act, stands) {
  const expression = `new Promise(done => {
    const started = performance.now()
    ${act}
    const look = () => (${stands}) ? setTimeout(() => done(performance.now() - started)) : requestAnimationFrame(look)
    look()
  })`
  const { result } = await thread.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
  return result.value
}

async function timedInPage(name, act, stands, before = 0) {
  const worked = await threadSeconds()
  figures[`${name}_ms`] = Math.round(before + (await untilDrawn(act, stands)))
  figures[`${name}_cpu_ms`] = Math.round(((await threadSeconds()) - worked) * 1000)
}

/** Wall time, and the main thread's own work in it. */
async function timed(name, act) {
  const worked = await threadSeconds()
  const started = performance.now()
  await act()
  figures[`${name}_ms`] = Math.round(performance.now() - started)
  figures[`${name}_cpu_ms`] = Math.round(((await threadSeconds()) - worked) * 1000)
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).first().tap()

/** Moves inside the app, as a tap on a link would. */
const goTo = (page, path) => page.evaluate(to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }, path)

const listShows = (page, count) => page.getByRole('status').filter({ hasText: new RegExp(`(^|\\D)${count}(\\D|$)`) }).first().waitFor()

async function typePin(page) {
  for (const digit of PIN) await press(page, digit)
}

async function enrol(page) {
  await page.goto(`${url}/enrol#${code}`)
  await press(page, '是我，继续')
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByLabel('再输一遍', { exact: true }).fill(PASSWORD)
  await press(page, '下一步')
  await typePin(page)
  await page.getByText('再输一遍 PIN。').waitFor()
  await typePin(page)
  const shown = page.locator('[data-test="field-code"]')
  await shown.waitFor()
  const fieldCode = (await shown.innerText()).replace(/\D/g, '')
  await press(page, '写下来了')
  await page.getByLabel('第三组数字', { exact: true }).fill(fieldCode.slice(6, 9))
  await press(page, '好了，开始用')
  return fieldCode
}

/**
 * Types words key by key, each once the page rests from the one before, and marks both moments in the page's timeline: what a key brings
 * about (the field, the search, the rows, the frame that shows them) lies between the two.
 */
function searchInPage([words, keyboardPx]) {
  // The keyboard covers the lower part of the page; the browser tells the page so.
  Object.defineProperty(visualViewport, 'height', { get: () => innerHeight - keyboardPx, configurable: true })
  visualViewport.dispatchEvent(new Event('resize'))
  const field = document.querySelector('input[type=text], input[type=search], input:not([type])')
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  const rest = () => new Promise(done => requestIdleCallback(done))
  const keys = words.flatMap(word => Array.from(word, (_, at) => word.slice(0, at + 1)))
  return keys.reduce(async (before, typed) => {
    await before
    await frame()
    await rest()
    performance.mark(`key ${typed}`)
    write.call(field, typed)
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await new Promise(done => setTimeout(done)) // the key's own task ends here
    await rest()
    await frame()
    await rest()
    performance.mark('rest')
  }, Promise.resolve())
}

/**
 * Of each key, from the browser's own timeline: `task`, its longest task (while it lasts no key, finger or frame is answered: it must
 * fit a frame of 16 ms), `cpu`, all its tasks, and `rest`, until nothing was left to do. Milliseconds.
 */
async function timeKeys(page, words, keyboardPx) {
  const events = []
  const take = part => events.push(...part.value)
  thread.on('Tracing.dataCollected', take)
  await thread.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['blink.user_timing', 'disabled-by-default-devtools.timeline'] } })
  await page.evaluate(searchInPage, [words, keyboardPx])
  const ended = new Promise(done => thread.once('Tracing.tracingComplete', done))
  await thread.send('Tracing.end')
  await ended
  thread.off('Tracing.dataCollected', take)
  const marks = events.filter(one => /^key |^rest$/.test(one.name)).sort((a, b) => a.ts - b.ts)
  const tasks = events.filter(one => one.name === 'RunTask' && one.pid === marks[0].pid && one.tid === marks[0].tid)
  const keys = []
  for (let at = 0; at < marks.length; at += 2) {
    const [from, until] = [marks[at].ts, marks[at + 1].ts]
    const its = tasks.filter(one => one.ts + one.dur > from && one.ts < until).map(one => Math.min(until, one.ts + one.dur) - Math.max(from, one.ts))
    keys.push({ typed: marks[at].name.slice(4), task: Math.max(...its) / 1000, cpu: its.reduce((sum, one) => sum + one, 0) / 1000, rest: (until - from) / 1000 })
  }
  return keys
}

/** A failure says what the screen showed. */
async function orSayWhatStands(page, act) {
  try {
    return await act()
  } catch (error) {
    process.stderr.write(`${page.url()}\n${(await page.locator('body').innerText()).slice(0, 1500)}\n`)
    throw error
  }
}

/** Starts the browser anew, without a network and slowed down. */
async function offline(act) {
  const { context, page } = await open(THROTTLE)
  await context.setOffline(true)
  await orSayWhatStands(page, () => act(page))
  await context.close()
}

/** The route of the day, by PIN: what a worker does at each door. */
async function measurePin(page) {
  await page.goto(`${url}/unlock`)
  await page.locator('[data-test=pin-pad]').waitFor()
  for (const digit of PIN.slice(0, 5)) await press(page, digit)
  await timed('unlock_route_by_pin', async () => {
    await press(page, PIN[5])
    await page.locator('[data-test=pin-pad]').waitFor({ state: 'detached' })
  })
}

/** From the navigation to the unlock screen, as the page's own clock has it. */
async function measureColdStart() {
  const worked = await threadSeconds()
  await thread.send('Page.navigate', { url: `${url}/unlock?then=/households` })
  await untilDrawn('', `document.querySelector('.y-page form, [data-test=pin-pad]')`)
  const { result } = await thread.send('Runtime.evaluate', { expression: 'performance.now()' })
  figures.cold_start_to_unlock_screen_ms = Math.round(result.value)
  figures.cold_start_to_unlock_screen_cpu_ms = Math.round(((await threadSeconds()) - worked) * 1000)
}

async function measureUse(page, fieldCode) {
  await measureColdStart()
  const fieldCodeWay = page.getByRole('button', { name: '用现场码（没网）' })
  const typed = page.getByLabel('现场码', { exact: true })
  await fieldCodeWay.or(typed).first().waitFor()
  if (!(await typed.isVisible())) await fieldCodeWay.tap()
  await typed.fill(fieldCode)
  await timedInPage('unlock_to_usable_list', `document.querySelector('form button[type=submit]').click()`, `document.querySelector('a[href^="/households/"]') && /\\b${households}\\b/.test(document.querySelector('.households__count')?.textContent)`)
  figures.cold_start_to_usable_list_ms = figures.cold_start_to_unlock_screen_ms + figures.unlock_to_usable_list_ms
  for (const [name, keyboardPx] of [['search_key', KEYBOARD_PX], ['search_key_without_keyboard', 0]]) {
    const keys = await timeKeys(page, WORDS, keyboardPx)
    for (const part of ['task', 'cpu', 'rest']) {
      const sorted = keys.map(one => one[part]).sort((a, b) => a - b)
      figures[`${name}_${part}_ms_p50`] = Math.round(sorted[Math.floor(sorted.length / 2)])
      figures[`${name}_${part}_ms_p95`] = Math.round(sorted[Math.floor(sorted.length * 0.95)])
    }
  }
  await page.getByRole('textbox').first().fill('')
  figures.heap_mb = Math.round((await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e5) / 10
  figures.stored_mb = Math.round((await page.evaluate(() => navigator.storage.estimate().then(it => it.usageDetails?.indexedDB ?? it.usage))) / 1e5) / 10
  await timed('open_household', async () => {
    await page.locator('a[href^="/households/"]').first().tap()
    await page.locator('[data-test=edit-phone]').waitFor()
  })
  await timed('open_visit_form', async () => {
    await page.getByRole('link', { name: '开始走访' }).tap()
    await page.getByRole('radio', { name: '见到', exact: true }).waitFor()
  })
  await page.getByRole('radio', { name: '见到', exact: true }).check()
  await page.locator('[data-test=field-health_state]').getByRole('radio', { name: '需留意' }).check()
  await timed('save_visit', async () => {
    await page.locator('[data-test=save-visit]').tap()
    await page.locator('[data-test=edit-phone]').waitFor()
  })
}

try {
  const { context, page } = await open(1)
  const fieldCode = await orSayWhatStands(page, () => enrol(page))
  await timed('first_sync_to_list', () => orSayWhatStands(page, async () => {
    await goTo(page, '/households')
    await listShows(page, households)
  }))
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, { timeout: 20_000 }).catch(() => page.reload())
  await context.close()
  await offline(page => measureUse(page, fieldCode))
  await offline(measurePin)
  process.stdout.write(JSON.stringify(figures) + '\n')
} finally {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}
