import { defineTool, failure, type Store, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { Note, openNotes, pathOf } from './notes.ts'

/** Takes something out of a note. */
export function forget(turns: Turns, store: Store) {
  return defineTool({
    name: 'memory_forget',
    description: 'Take something out of a note for good: every line that holds `text`, or all of it without `text`.',
    input: Type.Object(
      { note: Note, text: Type.Optional(Type.String({ minLength: 1, description: 'Word for word, within a line.' })) },
      { additionalProperties: false },
    ),
    // See memory_write.
    effect: 'network',
    lasts: () => true,
    subject: ({ note, text }) => `forget ${text === undefined ? 'all' : JSON.stringify(text)} of ${note}`,
    run: ({ note, text }, call) =>
      turns.take(call.session, async () => {
        const path = pathOf(note)
        const notes = openNotes(call, store)
        const lines = (await notes.own(path)).split('\n')
        const left = text === undefined ? [''] : lines.filter((line) => !line.includes(text))
        if (text !== undefined && left.length === lines.length)
          throw failure('not_found', `no line of ${path} holds that text; read it first`)
        await notes.write(path, left.join('\n'))
        const what = text === undefined ? 'all' : `${lines.length - left.length} line(s)`
        return { content: [{ type: 'text', text: `Forgot ${what} of ${path}.` }], details: { path }, outside: false }
      }),
  })
}
