import { ensureFresh } from './lib/fresh.mjs'
import { bootstrap, ownArguments } from './lib/bootstrap.mjs'
import { at } from './lib/paths.mjs'
import { become } from './lib/run.mjs'
import { main } from './lib/say.mjs'

// npm start: from a fresh clone to a running gateway. Everything after `npm start --` goes to openclaw as it is.
await main(async () => {
  const ready = await bootstrap()
  await ensureFresh(ready)
  // The person's own folder, not the repository's, is where relative paths in the arguments start.
  const cwd = process.env.INIT_CWD ?? process.cwd()
  await become(ready.node, [at('apps', 'cli', 'bin', 'openclaw.mjs'), ...ownArguments()], {
    cwd,
    env: ready.env,
  })
})
