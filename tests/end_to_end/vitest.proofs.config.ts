import { defineConfig } from 'vitest/config'

// Browser halves of proofs in tests/security; `scripts/prove` starts them with what they need in the environment.
export default defineConfig({
  test: { include: ['proof_*.test.ts'], root: import.meta.dirname, testTimeout: 200_000, hookTimeout: 100_000, fileParallelism: false },
})
