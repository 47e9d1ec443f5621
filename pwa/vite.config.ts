/**
 * How the phone app is built: one entry, lazy features, one vendor chunk, a worker for key derivation and a precache
 * manifest for the service worker. Old engines (Chromium 79 and later) are the target; see README.md, Decisions.
 */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { FIRST_SCREENS, GROUPS } from './build/chunks.ts'
import { pinyinTable } from './build/pinyin-table.ts'
import { serviceWorker } from './build/service-worker.ts'

const API = process.env.YIHU_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue(), pinyinTable(), serviceWorker()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': API } },
  worker: {
    format: 'iife',
    rolldownOptions: { output: { entryFileNames: 'assets/kdf-worker-[hash].js' } },
  },
  build: {
    target: 'chrome79',
    cssTarget: 'chrome79',
    // The entry names every file that a screen asks for beside its own: only for the first screens is one trip saved worth those bytes.
    modulePreload: { polyfill: false, resolveDependencies: (file, deps) => (FIRST_SCREENS.test(file) ? deps : deps.filter((dep) => dep.endsWith('.css'))) },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // Barrels of these rooms only re-export: what a screen does not use stays out of its chunk.
      treeshake: { moduleSideEffects: (id: string) => !/\/src\/(vault|sync|api|device|records)\//.test(id) },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: { groups: GROUPS },
      },
    },
  },
  test: {
    testTimeout: 60_000, // CI has two slow cores: no test is about time
    hookTimeout: 60_000,
    maxWorkers: '100%', // by itself it leaves one of two cores idle
    projects: [
      {
        extends: true,
        test: { name: 'node', environment: 'node', include: ['src/{vault,api,device,worker,sync,records}/**/*.test.ts', 'build/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'dom', environment: 'happy-dom', include: ['src/{ui,app,i18n,features}/**/*.test.ts', 'src/*.test.ts'] },
      },
    ],
  },
})
