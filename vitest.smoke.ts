import { defineConfig } from 'vitest/config'

// The product as a stranger gets it: a fresh clone, and the packed packages from a registry.
// One file at a time: each fills both cores of a small machine, and one of them measures time.
export default defineConfig({
  test: {
    name: 'smoke',
    include: ['test/smoke/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
