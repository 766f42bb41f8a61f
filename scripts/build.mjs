import { buildAll } from './lib/fresh.mjs'
import { buildPackages } from './lib/packages.mjs'
import { script } from './lib/bootstrap.mjs'

// pnpm build: the program and its page, where they are stale. --all builds them in any case;
// --packages also builds every package as it is published.
await script(import.meta.url, async (ready) => {
  await buildAll(ready.args.includes('--all') || ready.args.includes('--packages'))
  if (ready.args.includes('--packages')) await buildPackages(ready)
})
