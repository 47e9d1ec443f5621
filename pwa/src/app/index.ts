/** Starts the screens on a device: language, look, router, shell. */
import { createApp, type App } from 'vue'
import { provideDevice, type Device } from '../device'
import { startLocale } from '../i18n'
import { applyLook } from '../ui/look'
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
  const app = createApp(Shell, { router: createRouter(), worker })
  provideDevice(app, device)
  provideTrays(app, TRAYS)
  app.mount('#app')
  return app
}
