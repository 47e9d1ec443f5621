/** Starts the app: makes the phone's device, hands it and the page's worker to the shell. */
import { startApp } from './app'
import { makeDevice } from './device/device'
import { startPageWorker } from './worker/page'

async function start(): Promise<void> {
  const device = import.meta.env.MODE === 'practice' ? (await import('./device/practice')).makePracticeDevice() : await makeDevice()
  await startApp(device, startPageWorker())
}

void start()
