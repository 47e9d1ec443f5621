/** Starts the app: makes the phone's device, hands it and the page's worker to the shell. */
import { startApp } from './app'
import { loadScreen } from './app/screens'
import { makeDevice } from './device/device'
import { isPractising } from './ui/practising'
import { startPageWorker } from './worker/page'

async function start(): Promise<void> {
  // A phone starts closed: its unlock screen is read while the vault's directory is looked at. Only where the worker has it.
  if (navigator.serviceWorker?.controller) void loadScreen('unlock').catch(() => undefined)
  const device = import.meta.env.MODE === 'practice' || isPractising() ? (await import('./device/practice')).makePracticeDevice() : await makeDevice()
  if (isPractising()) Reflect.set(window, 'practice', device) // invented households: the tour of the screens prepares them
  await startApp(device, startPageWorker())
}

void start()
