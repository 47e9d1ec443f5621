/** Starts the screens on a device: language, look, router, shell. */
import { createApp, type App } from 'vue'
import { provideDevice, type Device } from '../device'
import { startLocale } from '../i18n'
import { applyLook } from '../ui/look'
import '../ui/theme.css'
import Shell from './App.vue'
import { watchInstall, watchUpdate } from './banners'
import { createRouter } from './router'

export async function startShell(device: Device, at = '#app'): Promise<App> {
  watchInstall()
  watchUpdate()
  applyLook()
  await startLocale()
  const app = createApp(Shell, { router: createRouter() })
  provideDevice(app, device)
  app.mount(at)
  return app
}
