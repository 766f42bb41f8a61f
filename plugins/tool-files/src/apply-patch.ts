import { defineTool, failure, type Turns, type Workspace } from '@openclaw/sdk'
import { posix } from 'node:path'
import Type from 'typebox'
import { fitHunks } from './fit.ts'
import { parsePatch, type Change } from './patch.ts'
import { readWhole } from './whole.ts'

/** Changes several places of several files together: all of them when all fit, else none. */
export function applyPatch(turns: Turns) {
  return defineTool({
    name: 'apply_patch',
    description:
      'Change files together: *** Begin Patch, *** Update File: path (@@ and lines with space, - or +) or *** Add File: path (+ lines), *** End Patch. Nothing is changed unless all fits.',
    input: Type.Object({ patch: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    effect: 'write',
    subject: ({ patch }) =>
      [...patch.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm)].map(([, path]) => path!.trim()).join(', ') ||
      'a patch without files',
    async run({ patch }, { workspace }) {
      const changes = parsePatch(patch)
      return await turns.take(workspace.root, async () => {
        const texts = await fitAll(changes, workspace)
        const written: string[] = []
        for (const [path, text] of texts) {
          await workspace.write(path, new TextEncoder().encode(text)).catch((thrown: unknown) => {
            throw halfway(path, written, thrown)
          })
          written.push(path)
        }
        const text = changes.map(({ kind, path }) => `${kind === 'add' ? 'Created' : 'Updated'} ${path}.`).join('\n')
        return { content: [{ type: 'text', text }], details: { paths: written } }
      })
    },
  })
}

/** The new text of each file; a file that a patch names twice is changed twice. */
async function fitAll(changes: readonly Change[], workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const change of changes) {
    const { root } = workspace
    // One file under two names would lose the first change.
    const path = posix.normalize(change.path.startsWith(`${root}/`) ? change.path.slice(root.length + 1) : change.path)
    if (change.kind === 'update') {
      texts.set(path, fitHunks(change.path, texts.get(path) ?? (await readWhole(path, workspace)), change.hunks))
      continue
    }
    if (texts.has(path) || (await workspace.stat(path)))
      throw failure('conflict', `${change.path}: it is there already, so it cannot be added; update it instead`)
    texts.set(path, change.text)
  }
  return texts
}

function halfway(path: string, written: readonly string[], thrown: unknown): unknown {
  if (written.length === 0) return thrown
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return failure('unavailable', `${why}; ${written.join(', ')} had been written before ${path}, the rest was not`)
}
