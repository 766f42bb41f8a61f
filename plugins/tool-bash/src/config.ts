import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** Bounds of one command. */
export const config = closed({
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 1_800_000,
      default: 120_000,
      description: 'How long a command may take when the call does not say.',
    }),
  ),
  maxOutput: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 1_000_000,
      default: 50_000,
      description: 'Characters of output that the model gets; the middle of more is left out.',
    }),
  ),
})
