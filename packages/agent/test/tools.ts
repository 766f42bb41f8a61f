import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'

/** Tools of every temper. */
export const echo = defineTool({
  name: 'echo',
  description: 'Says it again.',
  input: Type.Object({ text: Type.String() }),
  effect: 'read',
  run: async ({ text }) => ({ content: [{ type: 'text', text: `echo: ${text}` }] }),
})
export const deaf = defineTool({
  name: 'deaf',
  description: 'Never ends and heeds nothing.',
  input: Type.Object({}),
  effect: 'write',
  run: () => new Promise(() => {}),
})
export const broken = defineTool({
  name: 'broken',
  description: 'Throws.',
  input: Type.Object({ n: Type.Optional(Type.Number()) }),
  effect: 'read',
  async run() {
    throw new Error('it broke')
  },
})
export const counting = () => {
  let count = 0
  return defineTool({
    name: 'count',
    description: 'Gives another result each time.',
    input: Type.Object({}),
    effect: 'read',
    run: async () => ({ content: [{ type: 'text', text: String(++count) }] }),
  })
}
