/**
 * Every screen of the app at 360 by 640 in real Chromium, on the invented households of practice: nothing runs over the edge,
 * axe has nothing to say, contrast holds in light, dark and high contrast, and no request for data ever leaves the page.
 * With YIHU_SCREENS=FOLDER it keeps a picture of each there (scripts/screenshots).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Device } from '../../pwa/src/device'
import { addressOf, FIRST, prepare, TOUR, type Stop } from '../../pwa/src/app/tour'
import { PHONE, TestBrowser } from './driver/browser'
import { ROOT } from './driver/server'

const DIST = process.env['YIHU_PWA_DIST'] ?? join(ROOT, 'pwa/dist')
const PICTURES = process.env['YIHU_SCREENS'] ?? ''
const AXE = readFileSync(createRequire(join(ROOT, 'pwa/package.json')).resolve('axe-core/axe.min.js'), 'utf8')
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json' }
const LOOKS = [{}, { theme: 'dark' }, { contrast: 'high' }, { theme: 'dark', contrast: 'high' }]

let server: Server
let phone: TestBrowser
let ids: Record<string, string>
const asked: string[] = []

/** The built app and nothing else: what is asked of a station is refused, and noted. */
function serveApp(): Promise<Server> {
  const app = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] as string
    if (path.startsWith('/api/')) {
      asked.push(`${request.method} ${path}`)
      return void response.writeHead(503).end()
    }
    let file = path
    let body: Buffer
    try {
      body = readFileSync(join(DIST, file))
    } catch {
      file = '/index.html'
      body = readFileSync(join(DIST, file))
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body)
  })
  return new Promise((resolve) => app.listen(0, '127.0.0.1', () => resolve(app)))
}

async function openAs(mode: Stop['mode']): Promise<void> {
  await phone.page.evaluate(async (wanted) => {
    const { practice } = window as unknown as { practice: Device }
    if (wanted === 'locked') await practice.lock()
    else if (wanted === 'route') await practice.unlockWithPin('', '482915')
    else await practice.unlockWithPassword('', '')
  }, mode ?? 'main')
}

async function goTo(address: string): Promise<void> {
  await phone.page.evaluate((to) => {
    history.pushState({ depth: 1 }, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: { depth: 1 } }))
  }, address)
  await phone.page.waitForFunction(() => document.querySelector('main') !== null && document.querySelector('.y-spinner') === null && document.querySelector('h1') !== null, null, { timeout: 60_000 })
  await phone.page.evaluate(() => scrollTo(0, 0))
  await phone.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60))))
}

async function dress(look: { theme?: string; contrast?: string; size?: string }): Promise<void> {
  await phone.page.evaluate((wanted) => {
    const root = document.documentElement
    root.setAttribute('data-theme', wanted.theme ?? 'light')
    root.setAttribute('data-contrast', wanted.contrast ?? 'normal')
    root.setAttribute('data-size', wanted.size ?? 'normal')
  }, look)
}

interface AxeResult { violations: { id: string; nodes: { html: string }[] }[] }
function accused(rules: string[] | null): Promise<string[]> {
  return phone.page.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<AxeResult> } }
    const { violations } = await axe.run(document, only ? { runOnly: only } : { rules: { 'target-size': { enabled: true } } })
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  }, rules)
}

/** What is wider than the phone and does not scroll by itself. */
function overTheEdge(): Promise<string[]> {
  return phone.page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= wide) return []
    return [...document.querySelectorAll('main *, header *')].filter((one) => one.getBoundingClientRect().right > wide + 1).map((one) => one.outerHTML.slice(0, 140)).slice(0, 3)
  })
}

describe('every screen', () => {
  beforeAll(async () => {
    server = await serveApp()
    phone = await TestBrowser.open('screens', PHONE)
    await phone.page.addInitScript(() => sessionStorage.setItem('yihu.practice', '1'))
    await phone.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await phone.page.waitForFunction(() => 'practice' in window, null, { timeout: 60_000 })
    ids = (await phone.page.evaluate(`(${prepare.toString()})(window.practice, ${JSON.stringify(FIRST)})`)) as Record<string, string>
    await phone.page.evaluate(AXE)
    if (!PICTURES) return
    mkdirSync(PICTURES, { recursive: true })
    writeFileSync(join(PICTURES, 'tour.json'), JSON.stringify(TOUR.filter((stop) => !stop.unseen)))
  })
  afterAll(async () => {
    await phone.close()
    server.close()
  })

  it.each(TOUR.map((stop): [string, Stop] => [stop.name, stop]))('%s', async (_name, stop) => {
    await openAs(stop.mode)
    await goTo(addressOf(stop, ids))
    await dress({})
    if (PICTURES && !stop.unseen) await phone.page.screenshot({ path: join(PICTURES, `${stop.name}.png`) })
    expect.soft(await overTheEdge(), 'at the usual size').toEqual([])
    // As tall as what it shows: a bar that stays at the bottom would cover what can be scrolled away from it.
    await phone.page.setViewportSize({ width: PHONE.width, height: 4000 })
    expect.soft(await accused(null)).toEqual([])
    for (const look of LOOKS.slice(1)) {
      await dress(look)
      expect.soft(await accused(['color-contrast']), JSON.stringify(look)).toEqual([])
    }
    await phone.page.setViewportSize(PHONE)
    await dress({ size: 'large' })
    expect.soft(await overTheEdge(), 'in large type').toEqual([])
    await openAs('main')
  })

  it('asked no station for anything, and left nothing on the phone', async () => {
    expect(asked).toEqual([])
    const kept = await phone.page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name))
    expect(kept).toEqual([])
    expect(phone.errors).toEqual([])
  })
})
