import { basename, delimiter, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { commandWords } from '@openclaw/protocol'
import { isRunner } from '@openclaw/sdk/host'
import type { Files } from '../platform.ts'

/** What stands in the list for one file of the workspace that is there. */
const anyFile = '{file}'

/** How names become what they are on this machine; undefined for what may not be run or given. */
export interface Resolve {
  /** The real path of a program. */
  program(name: string): Promise<string | undefined>
  /** The real path of a file in the workspace. */
  file(path: string): Promise<string | undefined>
}

/**
 * What is run for a command that the owner's list allows: the real path of its program and its words, with real paths
 * in place of files. Whoever runs exactly this, without a shell, runs what was looked at. Undefined when no line of the
 * list says these very words. What runs others is not allowed whatever the list says: see {@link isRunner}.
 */
export async function allowed(
  argv: readonly string[],
  list: readonly string[],
  resolve: Resolve,
): Promise<readonly string[] | undefined> {
  const [name, ...given] = argv
  if (name === undefined) return undefined
  for (const line of list) {
    const [program, ...wanted] = listedWords(line) ?? []
    if (program === undefined || wanted.length !== given.length || basename(program) !== basename(name)) continue
    if (!wanted.every((word, at) => word === anyFile || word === given[at])) continue
    const real = await resolve.program(name)
    if (real === undefined || real !== (await resolve.program(program))) continue
    const free = wanted.includes(anyFile)
    if (isRunner(basename(name), free) || isRunner(basename(real), free)) continue
    const words = await Promise.all(given.map(async (word, at) => (wanted[at] === anyFile ? resolve.file(word) : word)))
    if (words.every((word) => word !== undefined)) return [real, ...words]
  }
  return undefined
}

/** Why a line of the list never allows anything; undefined for one that may. */
export function whyVain(line: string): string | undefined {
  const words = listedWords(line)
  if (!words) return 'it says more than one program and its words'
  const free = words.includes(anyFile)
  if (!isRunner(basename(words[0]!), free)) return undefined
  return `its program runs what ${free ? 'a word or ' : ''}the folder says`
}

/** The words of a line of the list, as {@link commandWords} reads a command; undefined for one that says more. */
function listedWords(line: string): readonly string[] | undefined {
  return commandWords(line.replaceAll(/(?<=[ \t])\{file\}(?=[ \t]|$)/g, `'${anyFile}'`))
}

/**
 * How this machine resolves names. A program is looked for in the folders of `path` that say where they are, and may
 * not be in `closed`: there an agent can write, and could put something else in its place.
 */
export function resolveHere(
  files: Pick<Files, 'realpath' | 'stat'>,
  where: { readonly path: string; readonly workspace: string; readonly closed: readonly string[] },
): Resolve {
  const real = (path: string) => files.realpath(path).catch(() => undefined)
  const isIn = (path: string, folder: string) => {
    const way = relative(folder, path)
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
  }
  return {
    async program(name) {
      const places = isAbsolute(name)
        ? [name]
        : /[/\\]/.test(name)
          ? []
          : where.path
              .split(delimiter)
              .filter(isAbsolute)
              .map((folder) => join(folder, name))
      const closed = await Promise.all(where.closed.map(async (folder) => (await real(folder)) ?? folder))
      for (const place of places) {
        const found = await real(place)
        const about = found === undefined ? undefined : await files.stat(found)
        if (found === undefined || about?.kind !== 'file' || about.executable === false) continue
        return closed.some((folder) => isIn(found, folder)) ? undefined : found
      }
      return undefined
    },
    async file(path) {
      const root = await real(where.workspace)
      const found = root === undefined ? undefined : await real(resolve(root, path))
      if (root === undefined || found === undefined || !isIn(found, root)) return undefined
      return (await files.stat(found))?.kind === 'file' ? found : undefined
    },
  }
}
