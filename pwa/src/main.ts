/** Starts the app: makes the phone's device, hands it and the page's worker to the shell. */
import { startApp } from './app'
import { startPageWorker } from './worker/page'

async function start(): Promise<void> {
  const device = (await import('./device/practice')).makePracticeDevice()
  await startApp(device, startPageWorker())
}

void start()
