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

export type When = 'install' | 'after' | 'use'

export interface PrecacheFile {
  path: string
  sha256: string
  bytes: number
  when: When
}

/** A chunk is kept later when some module of it matches and none belongs to another screen. */
const LATER: [When, RegExp][] = [
  ['use', /src[\\/](features|i18n[\\/][\w-]+)[\\/](ledger-import|staff|local-rules|devices|administration|stand-ins|sessions|erasures)\b|src[\\/]features[\\/](desk|renew)\b|src[\\/]device[\\/]password-rules\.ts|src[\\/]records[\\/]generated[\\/]common_passwords/],
  ['after', /virtual:pinyin|node_modules[\\/](qrcode-generator|qr)[\\/]|src[\\/]i18n[\\/]en[\\/]|src[\\/](features|i18n[\\/][\w-]+)[\\/](merge|restricted|erased|transfer|review|conflicts|history|policies|stuck|board|warnings|keys|enrol|help|grants|readings|alarms|danger|referral|caseload|copy)\b|src[\\/]features[\\/](households[\\/]NotesSearch|today[\\/]Warnings|casework[\\/](TieMap|genogram))|src[\\/]device[\\/](restricted|erased|at-risk|notes|practice[\w-]*|enrolment|wiping|fingerprint|passwords|erasing)\.ts|src[\\/]vault[\\/](authenticator|packing)\.ts|node_modules[\\/]fflate[\\/]|src[\\/]sync[\\/]save-dictionary|src[\\/]ui[\\/](YLoaded\.vue|loaded\.ts)|src[\\/]records[\\/]((policies|shareable|parcel|warnings)\.ts|generated[\\/]policies)/],
]

const SCREEN = /src[\\/](features|app|device|sync|vault|api|records)[\\/]/

export function whenOf(moduleIds: readonly string[]): When {
  const found = LATER.find(([, test]) => moduleIds.some((id) => test.test(id)) && !moduleIds.some((id) => !test.test(id) && SCREEN.test(id)))
  return found ? found[0] : 'install'
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
