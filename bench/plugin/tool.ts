import { defineTool, defineTools } from '@openclaw/sdk'
import Type from 'typebox'

/** A tool that does nothing: what a call of it takes is all ours. */
export default defineTools({
  config: Type.Object({}),
  setup({ register }) {
    register(
      defineTool({
        name: 'nothing',
        description: 'Does nothing.',
        input: Type.Object({ nth: Type.Integer() }),
        effect: 'read',
        run: async () => ({ content: [{ type: 'text', text: 'done' }] }),
      }),
    )
  },
})
