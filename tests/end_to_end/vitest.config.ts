import { defineConfig } from 'vitest/config'

// One worker: each scenario starts a server and several browsers, and two cores are all there is.
export default defineConfig({
  test: {
    include: ['story_*.test.ts'],
    root: import.meta.dirname,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    sequence: { concurrent: false },
    bail: 0,
  },
})
