import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(import.meta.url)

/** The folder of the npm package `openclaw`: this module stands one below it, as a source and in the bundle. */
export const packageFolder = dirname(dirname(file))

/** The module that a child process runs to be this program again. */
export const entryFile = join(dirname(file), file.endsWith('.ts') ? 'main.ts' : 'main.js')

/**
 * What is started for a plugin in a process of its own, and where it is read from: the bundle alone, or the clone when
 * this program runs from source.
 */
export const pluginProgram: { readonly argv: readonly string[]; readonly reads: readonly string[] } = file.endsWith(
  '.ts',
)
  ? {
      argv: [process.execPath, join(dirname(file), 'plugin-process.ts')],
      reads: [dirname(dirname(packageFolder))],
    }
  : { argv: [process.execPath, join(dirname(file), 'plugin-process.js')], reads: [dirname(file)] }

/** The version of the program. */
export const version: string = (
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
).version

/** The folder of the clone that this program runs from; undefined when it was installed. */
export function cloneFolder(): string | undefined {
  const folder = dirname(dirname(packageFolder))
  return existsSync(join(folder, 'pnpm-workspace.yaml')) && existsSync(join(folder, 'apps', 'cli', 'src'))
    ? folder
    : undefined
}

/** How to start this program from the folder one is in, so that a printed command can be pasted as it is. */
export function programName(folder = process.cwd(), env = process.env): string {
  const clone = cloneFolder()
  if (clone) return inside(clone, folder) ? 'npx openclaw' : `node ${quote(join(packageFolder, 'bin', 'openclaw.mjs'))}`
  return env['npm_command'] === 'exec' ? 'npx openclaw' : 'openclaw'
}

function inside(folder: string, path: string): boolean {
  const way = relative(realpathSync(folder), realpathSync(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !/^[a-zA-Z]:/.test(way)
}

/** One word for a POSIX shell; on Windows in double quotes, which cmd and PowerShell both take. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(word)) return word
  return process.platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`
}
