import { join } from 'node:path'
import type { Files } from '../platform.ts'
import { asBuffer, splitLines } from '../platform/lines.ts'
import { agentOf } from '../router/key.ts'
import { readLine } from './line.ts'
import { agentFolder, journalName } from './name.ts'
import { keyOf } from './verify.ts'

const defaultAgent = 'main'
// A key may have ten thousand characters, each of which JSON may write as six bytes.
const firstLineBytes = 1 << 16

/**
 * Where the journal of a key is, or will be. A key that names no agent is looked for in all folders, and else belongs
 * to `agent`. A name that another key took already is passed over.
 */
export async function locateJournal(folder: string, files: Files, key: string, agent?: string): Promise<string> {
  const named = agentOf(key)
  const home = named === undefined ? await findFolder(folder, files, key) : undefined
  const within = join(folder, home ?? agentFolder(named ?? agent ?? defaultAgent))
  for (let place = 1; ; place++) {
    const file = join(within, journalName(key, place))
    const owner = await ownerOf(files, file)
    if (owner === undefined || owner === key) return file
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
