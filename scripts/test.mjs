import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { at, cache } from './lib/paths.mjs'
import { script } from './lib/bootstrap.mjs'
import { ensureFresh } from './lib/fresh.mjs'
import { become } from './lib/run.mjs'
import { join } from 'node:path'

// npm test: all tests from source; names of files or folders as arguments narrow it down, and vitest's own options
// go on to vitest. --proven lists which requirements the tests cite. --smoke runs the smoke instead: the product from a fresh clone and from a registry.
await script(import.meta.url, async (ready) => {
  if (ready.args.includes('--proven')) {
    return become(ready.node, [at('test', 'proven.ts'), ...ready.args.filter((arg) => arg !== '--proven')], {
      cwd: at(),
      env: ready.env,
    })
  }
  const smoke = ready.args.includes('--smoke')
  const args = ready.args.filter((arg) => arg !== '--smoke')
  // Some tests drive the real program, which runs from its bundle.
  await ensureFresh(ready)
  const report = join(cache, 'reports', smoke ? 'smoke.json' : 'tests.json')
  rmSync(report, { force: true })
  const vitest = at('node_modules', 'vitest', 'vitest.mjs')
  const config = smoke ? 'vitest.smoke.ts' : 'vitest.workspace.ts'
  // Tests that start processes share few cores with all others here; a limit is for those that hang.
  const limits = smoke ? [] : ['--testTimeout=60000', '--hookTimeout=60000']
  // Many tests wait for processes and links, so one more than vitest would take is still quick.
  const workers = smoke ? [] : [`--maxWorkers=${Math.max(2, availableParallelism())}`]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  await become(ready.node, [vitest, 'run', '--config', config, ...reporters, ...limits, ...workers, ...args], {
    cwd: at(),
    env: ready.env,
  })
})
