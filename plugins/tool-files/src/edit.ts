import { defineTool, failure, type Workspace } from '@openclaw/sdk'
import Type from 'typebox'
import { replaceText, type NotReplaced } from './replace.ts'
import type { Turns } from './turns.ts'

/** A file that is edited is held in memory whole. */
const largestBytes = 20_000_000

/** Replaces exact text in a file. */
export function edit(turns: Turns) {
  return defineTool({
    name: 'edit',
    description:
      'Replace text in a file. oldText must match exactly, white space too, and be unique unless all is set.',
    input: Type.Object(
      {
        path: Type.String({ minLength: 1 }),
        oldText: Type.String({ minLength: 1 }),
        newText: Type.String(),
        all: Type.Optional(Type.Boolean({ description: 'Replace every match.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'write',
    subject: ({ path }) => path,
    run: ({ path, oldText, newText, all = false }, { workspace }) =>
      turns.take(workspace.root, async () => {
        const done = replaceText(await readWhole(path, workspace), oldText, newText, all)
        if ('problem' in done) throw failure('conflict', `${path}: ${explain(done)}`)
        await workspace.write(path, new TextEncoder().encode(done.text))
        const where = done.lines.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
        const lines =
          where.length > 20 ? `${where.slice(0, 20).join(', ')} and ${where.length - 20} more` : where.join(', ')
        return {
          content: [{ type: 'text', text: `Edited ${path}, line ${lines}.` }],
          details: { path, lines: done.lines },
        }
      }),
  })
}

async function readWhole(path: string, workspace: Workspace): Promise<string> {
  const file = await workspace.stat(path)
  if (!file) throw failure('not_found', `${path}: there is no such file; create it with write`)
  if (file.kind !== 'file') throw failure('invalid_params', `${path}: it is not a file`)
  if (file.sizeBytes > largestBytes)
    throw failure('unsupported', `${path}: ${file.sizeBytes} bytes are too many for edit; use bash`)
  try {
    // Strict and with the byte order mark, so that every byte outside of the edit comes back as it was.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await workspace.read(path))
  } catch (thrown) {
    if (thrown instanceof TypeError) throw failure('unsupported', `${path}: it is not UTF-8 text; use bash`)
    throw thrown
  }
}

function explain({ problem, at }: NotReplaced): string {
  if (problem === 'same') return 'oldText and newText are the same'
  if (problem === 'ambiguous')
    return `oldText stands there ${at.length} times, in lines ${at.slice(0, 10).join(', ')}; give more of the lines around it, or set all`
  const hint = at.length > 0 ? `; line ${at.join(', ')} is like it but for white space` : ''
  return `oldText is not in the file${hint}; read the file and copy it exactly`
}
