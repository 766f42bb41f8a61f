import { defineTool, failure, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { replaceText, type NotReplaced } from './replace.ts'
import { isStanding } from './standing.ts'
import { readWhole } from './whole.ts'

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
    lasts: ({ path }) => isStanding(path),
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
          outside: false,
        }
      }),
  })
}

function explain({ problem, at }: NotReplaced): string {
  if (problem === 'same') return 'oldText and newText are the same'
  if (problem === 'ambiguous')
    return `oldText stands there ${at.length} times, in lines ${at.slice(0, 10).join(', ')}; give more of the lines around it, or set all`
  const hint = at.length > 0 ? `; line ${at.join(', ')} is like it but for white space` : ''
  return `oldText is not in the file${hint}; read the file and copy it exactly`
}
