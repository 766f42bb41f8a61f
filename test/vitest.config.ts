import { configDefaults, defineProject } from 'vitest/config'

// Tests of the whole: they start real processes and a real browser. The smoke has a run of its own (npm test -- --smoke).
export default defineProject({
  test: {
    name: 'whole',
    exclude: [...configDefaults.exclude, 'smoke/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
