import { dirname, join } from 'node:path'
import type { Files } from '../platform.ts'
import { asBuffer, splitLines } from '../platform/lines.ts'
import { agentOf } from '../router/key.ts'
import { readLine } from './line.ts'
import { agentFolder, journalName } from './name.ts'
import { keyOf } from './verify.ts'

const defaultAgent = 'main'
// A key may have ten thousand characters, each of which JSON may write as six bytes.
const firstLineBytes = 1 << 16

/** Knows which file belongs to which key, those among them that are not on the disk yet. */
export interface Locator {
  /**
   * The files where the journal of a key may be, in order: it is the first that is missing or states this key. A key
   * that names no agent is looked for in all folders, and else belongs to `agent`.
   */
  candidates(key: string, agent?: string): AsyncGenerator<string, never>
  /** Where the journal of a key is, or will be. */
  locate(key: string): Promise<string>
  /** Takes a file for a journal that begins now; answers another one when it was taken since it was located. */
  take(key: string, file: string): string
}

/** A locator of the journals below `folder`. */
export function createLocator(folder: string, files: Files): Locator {
  // Only of journals that began in this process: the others say themselves whose they are.
  const taken = new Map<string, string>()
  const isTaken = (file: string, key: string): boolean => (taken.get(file) ?? key) !== key

  async function* candidates(key: string, agent?: string): AsyncGenerator<string, never> {
    const named = agentOf(key)
    const home = named === undefined ? await findFolder(folder, files, key) : undefined
    const within = join(folder, home ?? agentFolder(named ?? agent ?? defaultAgent))
    for (let place = 1; ; place++) {
      const file = join(within, journalName(key, place))
      if (!isTaken(file, key)) yield file
    }
  }

  return {
    candidates,
    async locate(key) {
      for (const found = candidates(key); ;) {
        const { value: file } = await found.next()
        if (((await ownerOf(files, file)) ?? key) === key) return file
      }
    },
    take(key, file) {
      let free = file
      for (let place = 2; isTaken(free, key); place++) free = join(dirname(file), journalName(key, place))
      taken.set(free, key)
      return free
    },
  }
}

async function findFolder(folder: string, files: Files, key: string): Promise<string | undefined> {
  const name = journalName(key)
  for (const agent of await files.list(folder)) {
    if (await files.stat(join(folder, agent, name))) return agent
  }
  return undefined
}

/** The key on a journal's first line; undefined when there is no file, or damage hides it. */
async function ownerOf(files: Files, file: string): Promise<string | undefined> {
  const handle = await files.open(file, 'read').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return undefined
  try {
    const [first] = splitLines(asBuffer(await handle.read(0, firstLineBytes)), 0)
    return first && keyOf(readLine(first.bytes))
  } finally {
    await handle[Symbol.asyncDispose]()
  }
}
