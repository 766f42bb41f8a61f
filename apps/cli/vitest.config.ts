import { defineProject } from 'vitest/config'

// Every test starts real processes.
export default defineProject({
  test: { name: 'cli', globalSetup: ['test/bundle.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
