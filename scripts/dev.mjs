import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { script } from './lib/bootstrap.mjs'
import { buildAll, sourcesNow } from './lib/fresh.mjs'
import { at } from './lib/paths.mjs'
import { say } from './lib/say.mjs'

// pnpm dev: like npm start, and after every change of a source the bundle is made anew and the gateway restarted.
// A change that does not build leaves the running gateway alone.
await script(import.meta.url, async (ready) => {
  const gateway = keep(ready)
  const end = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end.abort())
  let built
  while (!end.signal.aborted) {
    // Looking at all sources takes a few milliseconds, and unlike watching it misses no file on any system.
    const now = sourcesNow()
    if (now !== built) {
      built = now
      const reason = await buildAll().then(
        () => undefined,
        (error) => error.message,
      )
      if (reason) say(reason)
      else await gateway.restart()
    }
    await sleep(300, undefined, { signal: end.signal }).catch(() => {})
  }
  await gateway.stop()
})

/** Holds the one gateway: starts it, and ends it before the next is started. */
function keep({ node, env, args }) {
  let child
  const stop = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill()
    await exit
  }
  const restart = async () => {
    await stop()
    const bin = at('apps', 'cli', 'bin', 'openclaw.mjs')
    child = spawn(node, [bin, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  }
  return { restart, stop }
}
