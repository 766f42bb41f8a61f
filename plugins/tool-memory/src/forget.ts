import { defineTool, failure, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { Note, pathOf, readNote, writeNote } from './notes.ts'

/** Takes something out of a note. */
export function forget(turns: Turns) {
  return defineTool({
    name: 'memory_forget',
    description: 'Take something out of a note for good: every line that holds `text`, or all of it without `text`.',
    input: Type.Object(
      { note: Note, text: Type.Optional(Type.String({ minLength: 1, description: 'Word for word, within a line.' })) },
      { additionalProperties: false },
    ),
    effect: 'write',
    subject: ({ note, text }) => `forget ${text === undefined ? 'all' : JSON.stringify(text)} of ${note}`,
    run: ({ note, text }, { workspace }) =>
      turns.take(workspace.root, async () => {
        const path = pathOf(note)
        const lines = (await readNote(workspace, path)).split('\n')
        const left = text === undefined ? [''] : lines.filter((line) => !line.includes(text))
        if (text !== undefined && left.length === lines.length)
          throw failure('not_found', `no line of ${path} holds that text; read it first`)
        await writeNote(workspace, path, left.join('\n'))
        const what = text === undefined ? 'all' : `${lines.length - left.length} line(s)`
        return { content: [{ type: 'text', text: `Forgot ${what} of ${path}.` }], details: { path } }
      }),
  })
}
