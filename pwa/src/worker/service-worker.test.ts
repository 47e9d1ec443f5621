import { createHash } from 'node:crypto'
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { GROUPS, whenOf, type When } from '../../build/chunks'
import { listPrecache, type PrecacheFile } from '../../build/service-worker'
import { isWeChat } from './page'

type Handler = (event: never) => void

/** The browser's side of a service worker, as much of it as ours uses. */
class Browser {
  readonly stores = new Map<string, Map<string, Response>>()
  readonly served = new Map<string, string>()
  readonly fetched: string[] = []
  skipped = 0
  unregistered = false
  off = false
  private handlers: Record<string, Handler> = {}

  async start(version: string, files: Record<string, string>, when: Record<string, When> = {}): Promise<void> {
    this.handlers = {}
    const list: PrecacheFile[] = Object.entries(files).map(([path, text]) => ({ path, bytes: text.length, when: when[path] ?? 'install', sha256: createHash('sha256').update(text).digest('hex') }))
    const cacheOf = (name: string) => {
      const store = this.stores.get(name) ?? new Map<string, Response>()
      this.stores.set(name, store)
      return { put: async (path: string, response: Response) => void store.set(path, response), match: async (path: string) => store.get(path)?.clone() }
    }
    vi.stubGlobal('__PRECACHE__', { version, files: list })
    vi.stubGlobal('caches', {
      open: async (name: string) => cacheOf(name),
      delete: async (name: string) => this.stores.delete(name),
      keys: async () => [...this.stores.keys()],
      match: async (path: string) => [...this.stores.values()].map((store) => store.get(path)).find(Boolean)?.clone(),
    })
    vi.stubGlobal('self', {
      location: { origin: 'http://app.test' }, clients: { claim: async () => undefined }, registration: { unregister: async () => (this.unregistered = true) },
      skipWaiting: async () => void this.skipped++, addEventListener: (name: string, handler: Handler) => (this.handlers[name] = handler),
    }) // prettier-ignore
    vi.stubGlobal('fetch', async (input: string | Request) => {
      const path = typeof input === 'string' ? input : new URL(input.url).pathname
      this.fetched.push(path)
      if (path === '/sw-off') return new Response('', { headers: this.off ? { 'Yihu-Worker': 'off' } : {} })
      const text = this.served.get(path === '/' ? '/index.html' : path)
      if (text === undefined) throw new TypeError('no network')
      return new Response(text)
    })
    vi.resetModules()
    await import('./service-worker')
  }

  async fire(name: 'install' | 'activate'): Promise<void> {
    let work: Promise<void> = Promise.resolve()
    this.handlers[name]!({ waitUntil: (promise: Promise<void>) => (work = promise) } as never)
    await work
  }
  async ask(path: string, mode = 'no-cors', method = 'GET'): Promise<string | null> {
    let answer: Promise<Response> | null = null
    this.handlers['fetch']!({ request: { url: `http://app.test${path}`, mode, method }, respondWith: (promise: Promise<Response>) => (answer = promise) } as never)
    return answer ? (await (answer as Promise<Response>)).text() : null
  }
  async say(message: unknown): Promise<void> {
    let work: Promise<void> = Promise.resolve()
    this.handlers['message']!({ data: message, waitUntil: (promise: Promise<void>) => (work = promise) } as never)
    await work
  }
}

const ONE = { '/index.html': '<page 1>', '/assets/a.js': 'a1', '/assets/vendor.js': 'v' }
const TWO = { '/index.html': '<page 2>', '/assets/b.js': 'b2', '/assets/vendor.js': 'v' }

async function installed(): Promise<Browser> {
  const browser = new Browser()
  for (const [path, text] of Object.entries(ONE)) browser.served.set(path, text)
  await browser.start('one', ONE)
  await browser.fire('install')
  await browser.fire('activate')
  return browser
}

afterEach(() => vi.unstubAllGlobals())

test('with no network every address opens the app, and its files come from the phone', async () => {
  const browser = await installed()
  browser.served.clear()
  expect(await browser.ask('/households/1', 'navigate')).toBe('<page 1>')
  expect(await browser.ask('/assets/a.js')).toBe('a1')
})

test('the server’s data is never answered for nor kept', async () => {
  const browser = await installed()
  expect(await browser.ask('/api/v1/policy')).toBeNull()
  expect(await browser.ask('/assets/a.js', 'no-cors', 'POST')).toBeNull()
  expect([...browser.stores.values()].flatMap((store) => [...store.keys()]).some((path) => path.startsWith('/api'))).toBe(false)
})

test('one altered file fails the whole new version and the old one stays', async () => {
  const browser = await installed()
  for (const [path, text] of Object.entries(TWO)) browser.served.set(path, text)
  browser.served.set('/assets/b.js', 'something else')
  await browser.start('two', TWO)
  await expect(browser.fire('install')).rejects.toThrow('/assets/b.js')
  expect([...browser.stores.keys()]).toEqual(['yihu-app-one'])
})

test('a new version waits until the page asks, fetches only what changed, and then replaces the old', async () => {
  const browser = await installed()
  for (const [path, text] of Object.entries(TWO)) browser.served.set(path, text)
  browser.fetched.length = 0
  await browser.start('two', TWO)
  await browser.fire('install')
  expect(browser.skipped).toBe(0)
  expect(browser.fetched.sort()).toEqual(['/', '/assets/b.js'])
  await browser.say({ type: 'activate' })
  expect(browser.skipped).toBe(1)
  await browser.fire('activate')
  expect([...browser.stores.keys()]).toEqual(['yihu-app-two'])
  expect(await browser.ask('/', 'navigate')).toBe('<page 2>')
})

test('a server that says so takes the worker away within one load', async () => {
  const browser = await installed()
  browser.off = true
  await browser.ask('/', 'navigate')
  await vi.waitFor(() => expect(browser.unregistered).toBe(true))
  expect([...browser.stores.keys()]).toEqual([])
})

test('the list of what is kept names every built file with its hash, but not the worker itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yihu-'))
  mkdirSync(join(folder, 'assets'))
  for (const [path, text] of [['index.html', 'x'], ['assets/a.js', 'a'], ['sw.js', 's'], ['precache.json', '{}']] as const) writeFileSync(join(folder, path), text) // prettier-ignore
  expect(listPrecache(folder, new Map([['assets/a.js', 'after']]))).toEqual([
    { path: '/assets/a.js', sha256: createHash('sha256').update('a').digest('hex'), bytes: 1, when: 'after' },
    { path: '/index.html', sha256: createHash('sha256').update('x').digest('hex'), bytes: 1, when: 'install' },
  ])
})

test('WeChat’s browser is known by its name', () => {
  expect(isWeChat('Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0.42')).toBe(true)
  expect(isWeChat('Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36')).toBe(false)
})

describe('what is kept later', () => {
  const files = { ...ONE, '/assets/pinyin.js': 'p', '/assets/desk.js': 'd' }
  const when: Record<string, When> = { '/assets/pinyin.js': 'after', '/assets/desk.js': 'use' }

  async function started(): Promise<Browser> {
    const browser = new Browser()
    for (const [path, text] of Object.entries(files)) browser.served.set(path, text)
    await browser.start('one', files, when)
    await browser.fire('install')
    await browser.fire('activate')
    return browser
  }

  test('is not fetched at install, comes when the page has time, and the desk at its first use', async () => {
    const browser = await started()
    expect([...browser.stores.get('yihu-app-one')!.keys()].sort()).toEqual(Object.keys(ONE).sort())
    await browser.say({ type: 'keep' })
    expect(browser.fetched).toContain('/assets/pinyin.js')
    expect(browser.fetched).not.toContain('/assets/desk.js')
    expect(await browser.ask('/assets/desk.js')).toBe('d')
    browser.served.clear()
    expect(await browser.ask('/assets/pinyin.js')).toBe('p')
    expect(await browser.ask('/assets/desk.js')).toBe('d')
  })

  test('waits for another time where the network is gone, and is never kept when it is not what was built', async () => {
    const browser = await started()
    browser.served.delete('/assets/pinyin.js')
    await browser.say({ type: 'keep' })
    browser.served.set('/assets/pinyin.js', 'forged')
    await browser.say({ type: 'keep' })
    await expect(browser.ask('/assets/pinyin.js')).rejects.toThrow('not what was built')
    browser.served.set('/assets/pinyin.js', 'p')
    expect(await browser.ask('/assets/pinyin.js')).toBe('p')
  })

  test('goes along to the next version where it did not change', async () => {
    const browser = await started()
    await browser.say({ type: 'keep' })
    await browser.start('two', { ...files, '/assets/b.js': 'b2' }, when)
    browser.served.set('/assets/b.js', 'b2')
    browser.fetched.length = 0
    await browser.fire('install')
    expect(browser.fetched.sort()).toEqual(['/assets/b.js'])
    expect([...browser.stores.get('yihu-app-two')!.keys()]).toContain('/assets/pinyin.js')
  })
})

test('says by its modules when a chunk is kept', () => {
  expect(whenOf(['/x/pwa/src/features/ledger-import/LedgerImport.vue', '/x/pwa/src/features/ledger-import/rows.ts'])).toBe('use')
  expect(whenOf(['/x/pwa/src/i18n/zh-CN/staff.json'])).toBe('use')
  expect(whenOf(['\0virtual:pinyin'])).toBe('after')
  expect(whenOf(['/x/pwa/src/features/ledger-import/rows.ts', '/x/pwa/src/ui/YTick.vue'])).toBe('use')
  expect(whenOf(['/x/pwa/src/features/ledger-import/rows.ts', '/x/pwa/src/device/ids.ts'])).toBe('install')
  expect(whenOf([])).toBe('install')
})

test('nothing that is grouped for the first screens is kept later than installation', () => {
  const firstLoad = ['ui/YButton.vue', 'device/policy.ts', 'records/local.ts', 'vault/database.ts', 'sync/fold.ts', 'device/warned.ts', 'records/due.ts', 'ui/YField.vue']
  for (const path of firstLoad) {
    const id = `/x/pwa/src/${path}`
    expect(GROUPS.some((group) => group.test.test(id)), path).toBe(true)
    expect(whenOf([id]), path).toBe('install')
  }
})
