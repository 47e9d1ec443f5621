/**
 * The page's side of the service worker: registers it, says when an update waits and applies it on the user's tap, keeps the
 * browser's install offer, and knows WeChat's browser, where nothing stored can be relied on.
 */
import { shallowReactive } from 'vue'
import { trustedScriptUrl } from '../trusted'

interface InstallEvent extends Event {
  prompt(): Promise<void>
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

export interface PageWorker {
  readonly updateReady: boolean
  readonly canInstall: boolean
  readonly inWeChat: boolean
  applyUpdate(): void
  install(): Promise<boolean>
}

const UPDATE_EVERY_MS = 60 * 60 * 1000
/** What is not needed at once is fetched when the first screen and the first sync had the line to themselves. */
const KEEP_AFTER_MS = 8000

export function isWeChat(agent: string = navigator.userAgent): boolean {
  return /MicroMessenger/i.test(agent)
}

export function startPageWorker(): PageWorker {
  const state = shallowReactive({ updateReady: false, canInstall: false })
  let waiting: ServiceWorker | null = null
  let offer: InstallEvent | null = null
  let asked = false

  const offerUpdate = (worker: ServiceWorker | null) => {
    // The first worker of a phone is no update: it has nothing to replace.
    if (!worker || !navigator.serviceWorker.controller) return
    waiting = worker
    state.updateReady = true
  }
  const watch = (registration: ServiceWorkerRegistration) => {
    offerUpdate(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const coming = registration.installing
      coming?.addEventListener('statechange', () => coming.state === 'installed' && offerUpdate(coming))
    })
    const look = () => void registration.update().catch(() => undefined)
    setInterval(look, UPDATE_EVERY_MS)
    addEventListener('online', look)
  }
  if ('serviceWorker' in navigator && import.meta.env.PROD) {
    // With the kill switch thrown the page must not call back the worker that was just taken away.
    const isOff = fetch('/sw-off', { cache: 'no-store' }).then((answer) => answer.headers.get('Yihu-Worker') === 'off', () => false)
    void isOff.then((off) => (off ? undefined : navigator.serviceWorker.register(trustedScriptUrl('/sw.js'), { scope: '/' }).then(watch, () => undefined)))
    const keep = () => void navigator.serviceWorker.ready.then(({ active }) => setTimeout(() => active?.postMessage({ type: 'keep' }), KEEP_AFTER_MS), () => undefined)
    keep()
    addEventListener('online', keep)
    navigator.serviceWorker.addEventListener('controllerchange', () => asked && location.reload())
  }
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer = event as InstallEvent
    state.canInstall = true
  })
  return {
    get updateReady() { return state.updateReady },
    get canInstall() { return state.canInstall },
    inWeChat: isWeChat(),
    applyUpdate() {
      asked = true
      waiting?.postMessage({ type: 'activate' })
    },
    async install() {
      if (!offer) return false
      await offer.prompt()
      const { outcome } = await offer.userChoice
      offer = null
      state.canInstall = false
      return outcome === 'accepted'
    },
  } // prettier-ignore
}
