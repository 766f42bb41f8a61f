import { defineTool, failure, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { longTerm, Note, pathOf, pathOfDay, readNote, writeNote } from './notes.ts'

/** Notes something down. */
export function write(turns: Turns, now: () => number) {
  return defineTool({
    name: 'memory_write',
    description: `Note something down for later conversations: what happened goes to the note of the day, what will always matter to \`${longTerm}\`, which you see every time. With \`old\`, put \`text\` in its place.`,
    input: Type.Object(
      {
        text: Type.String({ minLength: 1, maxLength: 20_000, description: 'Markdown; short.' }),
        note: Type.Optional(Note),
        old: Type.Optional(
          Type.String({ minLength: 1, description: 'What stands there now, word for word, and once.' }),
        ),
      },
      { additionalProperties: false },
    ),
    effect: 'write',
    subject: ({ text, note }) => `${note ?? 'note of the day'}: ${text}`,
    run: ({ text, note, old }, { workspace }) =>
      turns.take(workspace.root, async () => {
        const path = note === undefined ? pathOfDay(now()) : pathOf(note)
        const before = await readNote(workspace, path)
        if (old !== undefined && before.split(old).length !== 2)
          throw failure('invalid_params', `${path} has that text ${before.split(old).length - 1} times; read it first`)
        const gap = before === '' || before.endsWith('\n') ? '' : '\n'
        const after = old === undefined ? `${before}${gap}${text.trimEnd()}\n` : before.split(old).join(text)
        await writeNote(workspace, path, after)
        return { content: [{ type: 'text', text: `Noted in ${path}.` }], details: { path } }
      }),
  })
}
