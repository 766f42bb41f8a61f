import { defineTool, type Store } from '@openclaw/sdk'
import Type from 'typebox'
import { Note, openNotes, pathOf } from './notes.ts'

/** Most names of a list. */
const maxListed = 100

/** Shows a note, or which there are. */
export function read(store: Store) {
  return defineTool({
    name: 'memory_read',
    description: 'Read one of your notes; without `note`, list them.',
    input: Type.Object({ note: Type.Optional(Note) }, { additionalProperties: false }),
    effect: 'read',
    async run({ note }, call) {
      const notes = openNotes(call, store)
      if (note !== undefined) {
        const text = await notes.read(pathOf(note))
        if (text.trim() === '') return { content: [{ type: 'text', text: `There is nothing in ${pathOf(note)}.` }] }
        return { content: [{ type: 'text', text }], outside: notes.outside }
      }
      const paths = await notes.list()
      const more = paths.length > maxListed ? [`and ${paths.length - maxListed} older ones`] : []
      const text = paths.length > 0 ? [...paths.slice(0, maxListed), ...more].join('\n') : 'There are no notes yet.'
      return { content: [{ type: 'text', text }] }
    },
  })
}
