import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetched } from './fetched.mjs'
import { Plain } from './say.mjs'
import { at, windows } from './paths.mjs'

/**
 * The folder and the file of the pinned pnpm, brought into `.cache/pnpm`. pnpm ships a program for each platform in a
 * package of its own; npm picks the one that fits, and we use it where it stands, since no install script may link it.
 */
export async function ensurePnpm() {
  const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).packageManager.split('@')[1]
  const home = await fetched('pnpm', 'pnpm', version, `pnpm ${version}`)
  const scope = join(home, 'node_modules', '@pnpm')
  const host = existsSync(scope) ? readdirSync(scope).find((name) => name.startsWith('exe.')) : undefined
  if (!host)
    throw new Plain(
      `pnpm has no program for ${process.platform}-${process.arch}. Install pnpm ${version} by hand (https://pnpm.io/installation), then run pnpm install.`,
    )
  const folder = join(scope, host)
  const file = join(folder, windows ? 'pnpm.exe' : 'pnpm')
  if (!windows) chmodSync(file, 0o755)
  return { file, folder }
}
