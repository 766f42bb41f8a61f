import { join } from 'node:path'
import { script } from './lib/bootstrap.mjs'
import { buildAll } from './lib/fresh.mjs'
import { buildPackages, packPackages } from './lib/packages.mjs'
import { cache } from './lib/paths.mjs'
import { publish } from './lib/publish.mjs'
import { Plain, say } from './lib/say.mjs'

// pnpm release --registry URL [--dry-run]: builds, packs and publishes every public package to the registry named.
// It has no default: the public registry's `openclaw` is another program, and a slip of the hand cannot be taken back.
await script(import.meta.url, async (ready) => {
  const dryRun = ready.args.includes('--dry-run')
  const registry = option(ready.args, '--registry')
  if (!registry || !URL.canParse(registry)) {
    throw new Plain(
      'Which registry? Say it: pnpm release --registry URL [--dry-run]. You must be logged in there (npm login --registry URL).',
    )
  }
  await buildAll(true)
  await buildPackages(ready)
  const packed = await packPackages(ready, join(cache, 'packed'))
  const count = await publish(packed, registry, { env: ready.env, dryRun })
  say(`${dryRun ? 'Would publish' : 'Published'} ${count} of ${packed.length} packages to ${registry}`)
})

function option(args, name) {
  const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (index < 0) return undefined
  return args[index].includes('=') ? args[index].slice(name.length + 1) : args[index + 1]
}
