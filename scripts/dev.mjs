import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { script } from './lib/bootstrap.mjs'
import { buildAll } from './lib/fresh.mjs'
import { at } from './lib/paths.mjs'
import { say } from './lib/say.mjs'
import { packages } from './lib/workspace.mjs'

// pnpm dev: like npm start, and after every change of a source the bundle is made anew and the gateway restarted.
// A change that does not build leaves the running gateway alone.
await script(import.meta.url, async (ready) => {
  const gateway = keep(ready)
  let timer
  let building = Promise.resolve()
  const rebuild = async () => {
    try {
      await buildAll(ready)
    } catch (error) {
      say(error.message)
      return
    }
    await gateway.restart()
  }
  // An editor writes a file in several steps; all changes within a moment are one.
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => (building = building.then(rebuild)), 150)
  }
  const folders = packages()
    .flatMap(({ folder }) => [at(folder, 'src'), at(folder, 'page')])
    .filter((folder) => existsSync(folder))
  const watchers = folders.map((folder) => watch(folder, { recursive: true }, changed))
  await rebuild()
  const [signal] = await Promise.race(['SIGINT', 'SIGTERM'].map((name) => once(process, name).then(() => [name])))
  clearTimeout(timer)
  for (const watcher of watchers) watcher.close()
  await building
  await gateway.stop(signal)
})

/** Holds the one gateway: starts it, restarts it, and waits for its end. */
function keep({ node, env, args }) {
  let child
  const stop = async (signal = 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const end = once(child, 'exit')
    child.kill(signal)
    await end
  }
  const restart = async () => {
    await stop()
    child = spawn(node, [at('apps', 'cli', 'bin', 'openclaw.mjs'), ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  }
  return { restart, stop }
}
