/**
 * What a browser that has never been here downloads before the first screen stands: `node first_visit.mjs PWA_FOLDER URL`.
 * Bytes of answers with their headers; the service worker, which fetches the rest later, is kept out.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [pwa, url] = process.argv.slice(2)
const { chromium } = createRequire(join(pwa, 'package.json'))('playwright-core')
const browser = await chromium.launch({
  executablePath: process.env.YIHU_CHROMIUM || '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'zh-CN', viewport: { width: 360, height: 640 } })
  const page = await context.newPage()
  const tools = await context.newCDPSession(page)
  await tools.send('Network.enable')
  const kinds = {}
  const found = { requests: 0, bytes: 0, bytes_script_and_style: 0 }
  tools.on('Network.responseReceived', ({ requestId, type }) => (kinds[requestId] = type))
  tools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    found.requests += 1
    found.bytes += encodedDataLength
    if (kinds[requestId] === 'Script' || kinds[requestId] === 'Stylesheet') found.bytes_script_and_style += encodedDataLength
  })
  await page.goto(`${url}/`)
  await page.getByLabel('登记码', { exact: true }).waitFor()
  await page.waitForLoadState('networkidle')
  process.stdout.write(JSON.stringify(found) + '\n')
} finally {
  await browser.close()
}
