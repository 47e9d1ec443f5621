/**
 * Keeps the app openable with no network. Every file of a version is checked by its SHA-256 before it is stored; one for
 * `install` that does not match fails the whole installation and the old version stays. What comes `after` is fetched when
 * the page says that it has time, the rest at its first `use`. A new version waits until the page, on its user's tap, asks
 * for it. It never answers for the server's data: `/api` goes past it.
 */
import type { PrecacheFile } from '../../build/service-worker'

declare const __PRECACHE__: { version: string; files: PrecacheFile[] }

const BUILD = __PRECACHE__
const scope = self as unknown as ServiceWorkerGlobalScope
const PREFIX = 'yihu-app-'
const NAME = PREFIX + BUILD.version
const PAGE = '/index.html'
const KILL = '/sw-off'
const AT_ONCE = 6
let isOff = false // the kill switch was obeyed: everything goes to the network, and no cache is made again
const files = new Map(BUILD.files.map((file) => [file.path, file]))

scope.addEventListener('install', (event) => event.waitUntil(install()))
scope.addEventListener('activate', (event) => event.waitUntil(activate()))
scope.addEventListener('fetch', (event) => {
  const answer = answerFor(event.request)
  if (answer) event.respondWith(answer)
})
scope.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message = event.data as { type?: string } | null
  if (message?.type === 'activate') void scope.skipWaiting()
  if (message?.type === 'keep') event.waitUntil(keepTheRest())
})

async function install(): Promise<void> {
  const fresh = await caches.open(NAME)
  try {
    const waiting = [...BUILD.files]
    const work = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const response = file.when === 'install' ? await obtain(file) : await unchanged(file)
        if (response) await fresh.put(file.path, response)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } catch (error) {
    await caches.delete(NAME)
    throw error
  }
}

/** An unchanged file is copied from the version before; the rest is fetched past the HTTP cache. */
async function obtain(file: PrecacheFile): Promise<Response> {
  const old = await unchanged(file)
  if (old) return old
  const response = await fetch(file.path === PAGE ? '/' : file.path, { cache: 'no-store', credentials: 'same-origin', redirect: 'error' })
  if (!response.ok || (await hashOf(response.clone())) !== file.sha256) throw new Error(`not what was built: ${file.path}`)
  return response
}

async function unchanged(file: PrecacheFile): Promise<Response | null> {
  const old = await caches.match(file.path)
  return old && (await hashOf(old.clone())) === file.sha256 ? old : null
}

/** One file after another, so that it never stands in the way of a sync. Without a network: next time. */
async function keepTheRest(): Promise<void> {
  const cache = await caches.open(NAME)
  try {
    for (const file of BUILD.files) {
      if (file.when === 'after' && !(await cache.match(file.path))) await cache.put(file.path, await obtain(file))
    }
  } catch {
    // no network, or a newer version is on the server
  }
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name)
  await scope.clients.claim()
}

function answerFor(request: Request): Promise<Response> | null {
  const url = new URL(request.url)
  if (isOff || url.origin !== scope.location.origin || request.method !== 'GET' || url.pathname.startsWith('/api/')) return null
  if (request.mode === 'navigate') return url.pathname === KILL ? null : navigate(request)
  return files.has(url.pathname) ? kept(url.pathname, request) : null
}

async function navigate(request: Request): Promise<Response> {
  void obeyKillSwitch()
  return kept(PAGE, request)
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME)
  const here = await cache.match(path)
  const file = files.get(path)
  if (here || !file || path === PAGE) return here ?? fetch(request)
  const response = await obtain(file)
  await cache.put(path, response.clone())
  return response
}

/** A server whose `/sw-off` says so takes this worker away: the way out of a broken release. Data stays. */
async function obeyKillSwitch(): Promise<void> {
  try {
    const response = await fetch(KILL, { cache: 'no-store', redirect: 'error' })
    if (response.headers.get('Yihu-Worker') !== 'off') return
    isOff = true
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name)
    await scope.registration.unregister()
  } catch {
    // no network: nothing to obey
  }
}

async function hashOf(response: Response): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
