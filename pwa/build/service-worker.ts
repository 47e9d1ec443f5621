/**
 * Build step: writes `precache.json` (path, sha256, bytes, when of every file of the app) and `sw.js`, the hand-written
 * service worker of src/worker/service-worker.ts with that list inside, so that any changed file changes the worker's bytes.
 *
 * `when` a file is kept on the phone: at `install` what field work needs; `after` it, in the background, what makes the app
 * better and not possible (pinyin, QR, the second language, policy hints, the deputy's pages, help, practice); at first `use` what works with a network only (the desk).
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build, type Plugin, type ResolvedConfig } from 'vite'
import { whenOf, type When } from './chunks.ts'

export interface PrecacheFile {
  path: string
  sha256: string
  bytes: number
  when: When
}

const LEFT_OUT = /^(sw\.js|precache\.json|\.built|robots\.txt)$|\.map$/

export function listPrecache(folder: string, when: ReadonlyMap<string, When> = new Map()): PrecacheFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split('\\').join('/'))
    .filter((path) => !LEFT_OUT.test(path))
    .sort()
    .map((path) => {
      const content = readFileSync(join(folder, path))
      return { path: `/${path}`, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length, when: when.get(path) ?? 'install' }
    })
}

export function serviceWorker(): Plugin {
  let config: ResolvedConfig
  const when = new Map<string, When>()
  return {
    name: 'yihu-service-worker',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        when.set(chunk.fileName, whenOf(chunk.moduleIds))
        for (const style of chunk.viteMetadata?.importedCss ?? []) when.set(style, whenOf(chunk.moduleIds))
      }
    },
    async closeBundle() {
      const folder = resolve(config.root, config.build.outDir)
      const files = listPrecache(folder, when)
      const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
      writeFileSync(join(folder, 'precache.json'), JSON.stringify({ version, files }, null, 1))
      await build({
        configFile: false,
        root: config.root,
        logLevel: 'warn',
        publicDir: false,
        define: { __PRECACHE__: JSON.stringify({ version, files }) },
        build: {
          target: 'chrome79',
          outDir: folder,
          emptyOutDir: false,
          reportCompressedSize: false,
          lib: { entry: resolve(config.root, 'src/worker/service-worker.ts'), formats: ['iife'], name: 'worker', fileName: () => 'sw.js' },
        },
      })
    },
  }
}
