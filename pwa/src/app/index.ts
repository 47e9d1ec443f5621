/** Starts the screens on a device: language, look, router, shell. */
import { createApp, type App } from 'vue'
import { provideDevice, type Device } from '../device'
import { startLocale } from '../i18n'
import { applyLook } from '../ui/look'
import { provideSeen } from '../ui/mask'
import { provideTrays } from '../ui/trays'
import '../ui/theme.css'
import Shell from './App.vue'
import { createRouter } from './router'
import { TRAYS } from './trays'
import type { AppWorker } from './worker'

export type { AppWorker } from './worker'

export async function startApp(device: Device, worker: AppWorker): Promise<App> {
  applyLook()
  await startLocale()
  const router = createRouter()
  const app = createApp(Shell, { router, worker })
  provideDevice(app, device)
  provideTrays(app, TRAYS)
  provideSeen(app, () => {
    const { id, fileId } = router.place.params
    if (id ?? fileId) device.access.unmasked((id ?? fileId) as string)
  })
  app.mount('#app')
  return app
}
