import { script } from './lib/bootstrap.mjs'
import { ensureFresh } from './lib/fresh.mjs'
import { at } from './lib/paths.mjs'
import { become } from './lib/run.mjs'

// pnpm soak: the long forms of tests, with bigger numbers; --help says which there are.
await script(import.meta.url, async (ready) => {
  await ensureFresh(ready)
  await become(ready.node, [at('soak', 'soak.ts'), ...ready.args], { cwd: at(), env: ready.env })
})
