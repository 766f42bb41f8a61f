import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './dependencies.mjs'
import { ensureNode, newEnough } from './node.mjs'
import { cache, at } from './paths.mjs'
import { ensurePnpm } from './pnpm.mjs'
import { become } from './run.mjs'
import { main } from './say.mjs'

/**
 * Makes a fresh clone ready, with nothing but some Node ≥ 18 and npm at hand: the Node that OpenClaw needs, pnpm and
 * the dependencies, all inside the repository. Returns that Node and the environment for programs run with it.
 */
export async function bootstrap() {
  const node = await ensureNode()
  const pnpm = await ensurePnpm()
  const path = process.env.PATH ?? process.env.Path ?? ''
  const front = [node.folder, pnpm.folder, at('node_modules', '.bin')].filter(
    (folder) => !path.split(delimiter).includes(folder),
  )
  const env = { ...process.env, PATH: [...front, path].join(delimiter) }
  // Windows knows one variable under any case; two spellings of it would both be handed on.
  if (process.platform === 'win32') delete env.Path
  await ensureDependencies(env, pnpm)
  return { node: node.file, env, cache }
}

/**
 * The frame of every script but `start`: bootstraps, starts the same script again when the present Node is too old
 * for the tools it uses, else runs its body with the arguments and the environment for programs.
 */
export function script(url, body) {
  return main(async () => {
    const ready = await bootstrap()
    const args = ownArguments()
    if (!newEnough) return void (await become(ready.node, [fileURLToPath(url), ...args], { env: ready.env }))
    await body({ ...ready, args })
  })
}

/** The script's arguments. pnpm hands on the `--` that npm takes away. */
export function ownArguments() {
  const args = process.argv.slice(2)
  return args[0] === '--' ? args.slice(1) : args
}
