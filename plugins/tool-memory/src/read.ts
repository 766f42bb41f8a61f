import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import { listNotes, Note, pathOf, readNote } from './notes.ts'

/** Most names of a list. */
const maxListed = 100

/** Shows a note, or which there are. */
export function read() {
  return defineTool({
    name: 'memory_read',
    description: 'Read one of your notes; without `note`, list them.',
    input: Type.Object({ note: Type.Optional(Note) }, { additionalProperties: false }),
    effect: 'read',
    async run({ note }, { workspace }) {
      if (note !== undefined) {
        const text = await readNote(workspace, pathOf(note))
        return { content: [{ type: 'text', text: text.trim() === '' ? `There is nothing in ${pathOf(note)}.` : text }] }
      }
      const notes = await listNotes(workspace)
      const more = notes.length > maxListed ? [`and ${notes.length - maxListed} older ones`] : []
      const text = notes.length > 0 ? [...notes.slice(0, maxListed), ...more].join('\n') : 'There are no notes yet.'
      return { content: [{ type: 'text', text }] }
    },
  })
}
