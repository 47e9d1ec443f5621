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
const PASSWORD = '晚饭吃了三碗米饭和一碟咸菜'
const PIN = '482915'
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

const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click()

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
 * For each of many keystrokes: `work`, the milliseconds that the page needs until the result is laid out (must fit a frame of
 * 16 ms, or the next frame comes late), and `frame`, those until a frame showed it, its waiting for the screen included.
 */
function searchInPage(words) {
  const field = document.querySelector('input[type=text], input[type=search], input:not([type])')
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))
  return words.reduce(async (before, word) => {
    const found = await before
    for (let length = 1; length <= word.length; length++) {
      await frame()
      const started = performance.now()
      write.call(field, word.slice(0, length))
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      await Promise.resolve().then(() => undefined)
      void document.body.offsetHeight
      const work = performance.now() - started
      await frame()
      found.push({ work, frame: performance.now() - started })
    }
    return found
  }, Promise.resolve([]))
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
  if (!(await typed.isVisible())) await fieldCodeWay.click()
  await typed.fill(fieldCode)
  await timedInPage('unlock_to_usable_list', `document.querySelector('form button[type=submit]').click()`, `document.querySelector('a[href^="/households/"]') && /\\b${households}\\b/.test(document.querySelector('.households__count')?.textContent)`)
  figures.cold_start_to_usable_list_ms = figures.cold_start_to_unlock_screen_ms + figures.unlock_to_usable_list_ms
  const worked = await threadSeconds()
  const keystrokes = await page.evaluate(searchInPage, ['上坪', '陈秀芳', '19900001', 'csf', 'wangxiufang', '12345X'])
  for (const part of ['work', 'frame']) {
    const sorted = keystrokes.map(one => one[part]).sort((a, b) => a - b)
    figures[`search_keystroke_${part}_ms_p50`] = Math.round(sorted[Math.floor(sorted.length / 2)])
    figures[`search_keystroke_${part}_ms_p95`] = Math.round(sorted[Math.floor(sorted.length * 0.95)])
  }
  figures.search_keystroke_cpu_ms = Math.round((((await threadSeconds()) - worked) * 1000) / keystrokes.length)
  await page.getByRole('textbox').first().fill('')
  figures.heap_mb = Math.round((await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e5) / 10
  figures.stored_mb = Math.round((await page.evaluate(() => navigator.storage.estimate().then(it => it.usageDetails?.indexedDB ?? it.usage))) / 1e5) / 10
  await timed('open_household', async () => {
    await page.locator('a[href^="/households/"]').first().click()
    await page.locator('[data-test=edit-phone]').waitFor()
  })
  await timed('open_visit_form', async () => {
    await page.getByRole('link', { name: '开始走访' }).click()
    await page.getByRole('radio', { name: '见到', exact: true }).waitFor()
  })
  await page.getByRole('radio', { name: '见到', exact: true }).check()
  await page.locator('[data-test=field-health_state]').getByRole('radio', { name: '需留意' }).check()
  await timed('save_visit', async () => {
    await page.locator('[data-test=save-visit]').click()
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
