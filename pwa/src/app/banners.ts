/** Two invitations of the shell: a new version waits, and the app can be put on the home screen. Neither ever drops a draft. */
import { ref } from 'vue'

interface InstallEvent extends Event {
  prompt(): Promise<void>
}

export const installOffer = ref<InstallEvent | null>(null)
export const updateReady = ref(false)

const LATER = 'yihu.install-later'
let waiting: ServiceWorker | null = null

export function watchInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    let refusedAt = 0
    try {
      refusedAt = Number(localStorage.getItem(LATER) ?? 0)
    } catch {
      // asked again next time
    }
    const MONTH_MS = 30 * 86_400_000
    if (Date.now() - refusedAt > MONTH_MS) installOffer.value = event as InstallEvent
  })
  window.addEventListener('appinstalled', () => (installOffer.value = null))
}

export async function install(): Promise<void> {
  const offer = installOffer.value
  installOffer.value = null
  await offer?.prompt()
}

export function installLater(): void {
  installOffer.value = null
  try {
    localStorage.setItem(LATER, String(Date.now()))
  } catch {
    // asked again next time
  }
}

export function watchUpdate(): void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined
  if (!container) return
  const offer = (worker: ServiceWorker | null) => {
    if (!worker || !container.controller) return // the first install is no update
    waiting = worker
    updateReady.value = true
  }
  void container.ready.then((registration) => {
    offer(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') offer(worker)
      })
    })
  })
}

/** Drafts are written at most this long after typing; the new version waits for them. */
const DRAFT_WRITTEN_MS = 2500

export function updateNow(): void {
  updateReady.value = false
  const worker = waiting
  if (!worker) return
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  setTimeout(() => worker.postMessage({ type: 'activate' }), DRAFT_WRITTEN_MS)
}
