/**
 * Chromium 88 of January 2021, as low-end phones still carry it: unpacked from the npm package once, into the git-ignored
 * cache. Today's playwright needs page functions younger than that, so one of its own time drives it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core-2023'
import type { Engine } from './browser'
import { ROOT } from './server'

const PACKED = join(import.meta.dirname, '../node_modules/chrome-aws-lambda/bin')
const UNPACKED = join(ROOT, '.cache/chromium-88')

export function chromium88(): Engine {
  if (!existsSync(UNPACKED)) unpack()
  return {
    executable: join(UNPACKED, 'chromium'),
    // Its own list of arguments: without a GPU and without the sandbox it was built for.
    args: ['--headless', '--disable-software-rasterizer'],
    env: { ...process.env, LD_LIBRARY_PATH: join(UNPACKED, 'lib') },
    connect: async (endpoint) => (await chromium.connectOverCDP(endpoint)) as unknown as Browser,
  }
}

/** Beside the place and then moved: a test that is stopped half-way leaves nothing that looks complete. */
function unpack(): void {
  const beside = `${UNPACKED}.${process.pid}`
  rmSync(beside, { recursive: true, force: true })
  mkdirSync(beside, { recursive: true })
  writeFileSync(join(beside, 'chromium'), brotliDecompressSync(readFileSync(join(PACKED, 'chromium.br'))), { mode: 0o755 })
  for (const archive of ['aws', 'swiftshader']) {
    const tar = join(beside, `${archive}.tar`)
    writeFileSync(tar, brotliDecompressSync(readFileSync(join(PACKED, `${archive}.tar.br`))))
    execFileSync('tar', ['xf', tar, '-C', beside])
    rmSync(tar)
  }
  renameSync(beside, UNPACKED)
}
