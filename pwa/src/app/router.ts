/** A small history router: addresses to features, scroll and focus after a change. Nothing personal ever stands in an address. */
import { reactive } from 'vue'
import type { Navigation } from '../ui/navigation'
import { ROUTES, type Route } from './routes'

export interface Place {
  route: Route | null
  path: string
  params: Record<string, string>
  query: Record<string, string>
}

/** `:name` one part, `:name?` optional, `:name*` all that follows. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wants = pattern.split('/').filter(Boolean)
  const has = path.split('/').filter(Boolean)
  const params: Record<string, string> = {}
  for (let i = 0; i < wants.length; i += 1) {
    const want = wants[i]!
    const part = has[i]
    if (!want.startsWith(':')) {
      if (part !== want) return null
      continue
    }
    const name = want.slice(1).replace(/[?*]$/, '')
    if (want.endsWith('*')) {
      const rest = has.slice(i).map(decodeURIComponent).join('/')
      return rest ? { ...params, [name]: rest } : null
    }
    if (part === undefined) {
      if (want.endsWith('?')) continue
      return null
    }
    params[name] = decodeURIComponent(part)
  }
  return has.length > wants.length ? null : params
}

export function resolve(address: string): Place {
  const url = new URL(address, 'http://here')
  const query: Record<string, string> = {}
  url.searchParams.forEach((value, name) => (query[name] = value))
  for (const route of ROUTES) {
    try {
      const params = match(route.path, url.pathname)
      if (params) return { route, path: url.pathname, params, query }
    } catch {
      break // a damaged % sequence in a typed address: no such page
    }
  }
  return { route: null, path: url.pathname, params: {}, query }
}

interface Stamp { depth: number; scroll?: number }

export interface Router extends Navigation {
  readonly place: Place
  /** Called once the new screen stands: puts scroll and focus where they belong. */
  arrived(): void
}

export function createRouter(): Router {
  const here = () => location.pathname + location.search
  const state = reactive({ place: resolve(here()) })
  let depth = (history.state as Stamp | null)?.depth ?? 0
  let scrollWanted = 0
  if ('scrollRestoration' in history) history.scrollRestoration = 'manual'
  history.replaceState({ depth }, '', here() + location.hash) // an enrolment link carries its code behind #

  const leave = () => history.replaceState({ depth, scroll: window.scrollY }, '', here())
  const enter = () => {
    state.place = resolve(here())
  }
  const router: Router = {
    get place() {
      return state.place
    },
    get path() {
      return state.place.path
    },
    get params() {
      return state.place.params
    },
    get query() {
      return state.place.query
    },
    go(path) {
      if (path === here()) return
      leave()
      depth += 1
      scrollWanted = 0
      history.pushState({ depth }, '', path)
      enter()
    },
    replace(path) {
      scrollWanted = 0
      history.replaceState({ depth }, '', path)
      enter()
    },
    back(fallback = '/') {
      if (depth > 0) history.back()
      else router.replace(fallback)
    },
    arrived() {
      window.scrollTo(0, scrollWanted)
      if (scrollWanted === 0) document.querySelector<HTMLElement>('h1[tabindex]')?.focus({ preventScroll: true })
    },
  }
  window.addEventListener('popstate', (event) => {
    const stamp = event.state as Stamp | null
    depth = stamp?.depth ?? 0
    scrollWanted = stamp?.scroll ?? 0
    enter()
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const anchor = (event.target as Element | null)?.closest?.('a')
    const href = anchor?.getAttribute('href')
    if (!anchor || !href?.startsWith('/') || href.startsWith('/api/') || anchor.target || anchor.hasAttribute('download')) return
    event.preventDefault()
    router.go(href)
  })
  return router
}
