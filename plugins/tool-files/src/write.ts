import { defineTool, failure, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { isStanding } from './standing.ts'

/** Creates or replaces a whole file. */
export function write(turns: Turns) {
  return defineTool({
    name: 'write',
    description: 'Create a file, or replace all of it. Makes folders as needed.',
    input: Type.Object(
      { path: Type.String({ minLength: 1 }), content: Type.String() },
      { additionalProperties: false },
    ),
    effect: 'write',
    lasts: ({ path }) => isStanding(path),
    subject: ({ path }) => path,
    run: ({ path, content }, { workspace }) =>
      turns.take(workspace.root, async () => {
        const before = await workspace.stat(path)
        if (before && before.kind !== 'file')
          throw failure('invalid_params', `${path}: there is a ${before.kind} of that name`)
        const bytes = new TextEncoder().encode(content)
        await workspace.write(path, bytes)
        return {
          content: [{ type: 'text', text: `${before ? 'Replaced' : 'Created'} ${path} (${bytes.length} bytes).` }],
          details: { path, bytes: bytes.length },
          outside: false,
        }
      }),
  })
}
