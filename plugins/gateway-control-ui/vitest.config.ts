import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['test/*.test.ts', 'page/test/*.test.ts', 'page/test/*.test.tsx'],
    globalSetup: './test/build.ts',
    testTimeout: 60_000,
  },
})
