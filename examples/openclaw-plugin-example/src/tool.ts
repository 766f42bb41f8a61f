import { randomInt } from 'node:crypto'
import { defineTool, defineTools } from '@openclaw/sdk'
import Type from 'typebox'
import { config } from './config.ts'

/** The agent can roll dice. */
export default defineTools({
  config,
  setup({ config: { sides = 6 }, register }) {
    register(
      defineTool({
        name: 'roll_dice',
        description: `Roll dice with ${sides} sides.`,
        input: Type.Object({ count: Type.Integer({ minimum: 1, maximum: 100 }) }, { additionalProperties: false }),
        effect: 'read',
        async run({ count }) {
          const rolled = Array.from({ length: count }, () => randomInt(1, sides + 1))
          return { content: [{ type: 'text', text: rolled.join(' ') }], details: { rolled } }
        },
      }),
    )
  },
})
