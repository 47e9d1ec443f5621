/**
 * A real Chromium with a profile folder of its own, started and killed by process id, driven over its debugging port. The
 * same driver serves today's Chromium and the old one of low-end phones.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { ROOT } from './server'

export const PHONE = { width: 360, height: 640 }
export const DESK = { width: 1440, height: 900 }
export const SCREENSHOTS = join(ROOT, 'build/screenshots')

/** How a browser is started and reached; `old.ts` gives that of Chromium 88. */
export interface Engine {
  executable: string
  args: string[]
  env: NodeJS.ProcessEnv
  connect: (endpoint: string) => Promise<Browser>
}

export const TODAYS: Engine = {
  executable: process.env['YIHU_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless=new'],
  env: process.env,
  connect: (endpoint) => chromium.connectOverCDP(endpoint),
}

export class TestBrowser {
  readonly profile: string
  readonly errors: string[] = []
  page!: Page
  private child: ChildProcess | null = null
  private browser: Browser | null = null
  private context!: BrowserContext

  private constructor(readonly name: string, readonly size: { width: number; height: number }, private readonly engine: Engine) {
    this.profile = mkdtempSync(join(tmpdir(), `yihu-${name}-`))
  }

  static async open(name: string, size: { width: number; height: number }, engine: Engine = TODAYS): Promise<TestBrowser> {
    const browser = new TestBrowser(name, size, engine)
    await browser.start()
    return browser
  }

  /** Starts, or starts again on the same profile after a kill. */
  async start(): Promise<void> {
    const child = spawn(this.engine.executable, [
      ...this.engine.args, '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--no-default-browser-check', '--hide-scrollbars',
      '--lang=zh-CN', '--remote-debugging-port=0', `--user-data-dir=${this.profile}`, 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'pipe'], env: this.engine.env, detached: true }) // prettier-ignore
    this.child = child
    this.browser = await this.engine.connect(await endpointOf(child))
    this.context = this.browser.contexts()[0] as BrowserContext
    this.page = this.context.pages()[0] ?? (await this.context.newPage())
    await this.page.setViewportSize(this.size)
    this.page.setDefaultTimeout(20_000)
    this.page.on('pageerror', (error) => this.errors.push(String(error)))
    this.page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy|Trusted/.test(message.text())) this.errors.push(message.text())
    })
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.context.setOffline(offline)
  }

  /** Closed as a person closes it: what the browser keeps for later, cookies among it, is on disk. */
  async close(): Promise<void> {
    const child = this.child
    this.child = null
    if (!child || !this.browser) return
    const gone = new Promise<void>((done) => child.once('exit', () => done()))
    const session = await this.browser.newBrowserCDPSession()
    await session.send('Browser.close').catch(() => undefined)
    await gone
    await groupGone(child)
    await this.browser.close().catch(() => undefined)
    this.browser = null
  }

  /** SIGKILL, like a phone out of memory or a battery pulled. */
  async kill(): Promise<void> {
    const child = this.child
    this.child = null
    if (!child) return
    const gone = new Promise<void>((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', () => done()) : done()))
    killGroup(child)
    await gone
    await groupGone(child)
    await this.browser?.close().catch(() => undefined)
    this.browser = null
  }

  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 })
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  }
}

/** Chromium is a family of processes: the children outlive their parent by a moment and still write to the profile. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until no process of the browser is left; what hangs after a second is killed, as Android would. */
async function groupGone(child: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    try {
      process.kill(-(child.pid as number), turn < 50 ? 0 : 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw error
    }
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`browser ${String(child.pid)} has processes that do not end`)
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      const endpoint = /DevTools listening on (ws:\/\/\S+)/.exec(said)
      if (endpoint?.[1]) done(endpoint[1])
    })
    child.once('exit', () => fail(new Error(`the browser ended:\n${said}`)))
  })
}
