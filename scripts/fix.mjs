import { script } from './lib/bootstrap.mjs'
import { run } from './lib/run.mjs'

// pnpm fix: what a machine can mend: lint where the fix is safe, then the format. Paths as arguments narrow it down.
await script(import.meta.url, async ({ env, args }) => {
  const options = { env, inherit: true, shell: process.platform === 'win32' }
  const lint = await run('oxlint', ['--type-aware', '--fix', ...args], options)
  const format = await run('oxfmt', args, options)
  process.exitCode = lint.code || format.code
})
