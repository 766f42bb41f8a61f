import { existsSync, readdirSync } from 'node:fs'
import { ensureFresh } from './fresh.mjs'
import { at } from './paths.mjs'
import { become } from './run.mjs'
import { Plain } from './say.mjs'

/** Runs `<folder>/<name>.ts` with Node itself, which strips types, on a fresh bundle; lists what there is without a name. */
export async function measure(folder, ready) {
  const [name, ...args] = ready.args
  const names = existsSync(at(folder))
    ? readdirSync(at(folder))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => file.slice(0, -3))
        .sort()
    : []
  if (name === undefined || name.startsWith('-')) {
    for (const one of names) console.log(`pnpm ${folder} ${one}`)
    if (names.length === 0) console.log(`There is nothing in ${folder}/ yet.`)
    return
  }
  if (!names.includes(name))
    throw new Plain(`There is no ${folder}/${name}.ts; there are: ${names.join(', ') || 'none'}`)
  await ensureFresh(ready)
  await become(ready.node, [at(folder, `${name}.ts`), ...args], { cwd: at(), env: ready.env })
}
