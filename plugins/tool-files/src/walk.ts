import type { Workspace, WorkspaceFile } from '@openclaw/sdk'
import type { Pattern, State } from './pattern.ts'

/** A file that was found, or why there may be more than was found. */
export type Found = { readonly path: string; readonly sizeBytes: number } | { readonly stopped: string }

const mostEntries = 50_000
const deepest = 40

/**
 * The files below a folder that a pattern matches: those of a folder first, then those of its folders, each by name.
 * Links are not followed, folders that may not be looked into are passed over, and only folders are listed in which
 * something can match.
 */
export async function* walk(
  workspace: Pick<Workspace, 'list'>,
  folder: string,
  pattern: Pattern,
  signal: AbortSignal,
): AsyncGenerator<Found, void, undefined> {
  const waiting: { path: string; state: State; depth: number }[] = [{ path: folder, state: pattern.start, depth: 0 }]
  let looked = 0
  let tooDeep = false
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    signal.throwIfAborted()
    const folders: typeof waiting = []
    for (const { name, kind, sizeBytes } of await entries(workspace, at.path, at.depth === 0)) {
      if (++looked > mostEntries) return yield { stopped: `only the first ${mostEntries} entries were looked at` }
      const state = pattern.step(at.state, name)
      const path = at.path === '.' ? name : `${at.path}/${name}`
      if (kind === 'file' && pattern.accepts(state)) yield { path, sizeBytes }
      if (kind !== 'folder' || state.size === 0) continue
      if (at.depth < deepest) folders.push({ path, state, depth: at.depth + 1 })
      else tooDeep = true
    }
    waiting.push(...folders.toReversed())
  }
  if (tooDeep) yield { stopped: `folders more than ${deepest} levels down were not looked into` }
}

async function entries(
  workspace: Pick<Workspace, 'list'>,
  path: string,
  must: boolean,
): Promise<readonly WorkspaceFile[]> {
  try {
    return (await workspace.list(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (thrown) {
    if (!must && isClosed(thrown)) return []
    throw thrown
  }
}

/** True for what is no reason to end a search: it is somebody else's, or gone since its folder was listed. */
export function isClosed(thrown: unknown): boolean {
  const { code } = thrown as { code?: string }
  return code === 'forbidden' || code === 'not_found'
}
