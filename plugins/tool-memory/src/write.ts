import { defineTool, failure, type Store, type Turns } from '@openclaw/sdk'
import Type from 'typebox'
import { longTerm, Note, openNotes, pathOf, pathOfDay } from './notes.ts'

/** Notes something down. */
export function write(turns: Turns, store: Store, now: () => number) {
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
    // It changes files only where the session may; elsewhere it adds to what the plugin keeps of that very session.
    effect: 'network',
    lasts: () => true,
    subject: ({ text, note }) => `${note ?? 'note of the day'}: ${text}`,
    run: ({ text, note, old }, call) =>
      turns.take(call.session, async () => {
        if (!call.workspace.writable && isSubagent(call.session))
          throw failure('forbidden', 'a sub-agent keeps no notes in this conversation; put it into your answer')
        const path = note === undefined ? pathOfDay(now()) : pathOf(note)
        const notes = openNotes(call, store)
        const before = await notes.own(path)
        if (old !== undefined && before.split(old).length !== 2)
          throw failure('invalid_params', `${path} has that text ${before.split(old).length - 1} times; read it first`)
        const gap = before === '' || before.endsWith('\n') ? '' : '\n'
        const after = old === undefined ? `${before}${gap}${text.trimEnd()}\n` : before.split(old).join(text)
        await notes.write(path, after)
        const hidden = path === longTerm && !call.workspace.writable ? ' You do not see it here unless you search.' : ''
        return { content: [{ type: 'text', text: `Noted in ${path}.${hidden}` }], details: { path }, outside: false }
      }),
  })
}

/** What it would keep, no other session would find. */
function isSubagent(session: string): boolean {
  return session.split(':')[2] === 'subagent'
}
