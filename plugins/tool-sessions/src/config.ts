import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** What the tools of the owner's sessions see. Who is not the owner never sees more than their own tree. */
export const config = closed({
  scope: Type.Optional(
    Type.Enum(['tree', 'agent', 'all'], {
      default: 'tree',
      description:
        "What can be listed and read: `tree`: a session and its sub-agents. `agent`: in the owner's sessions, every session of the same agent. `all`: there, every session.",
    }),
  ),
  maxText: Type.Optional(
    Type.Integer({
      minimum: 500,
      maximum: 100_000,
      default: 20_000,
      description: 'Characters that one `sessions_history` shows at most.',
    }),
  ),
})
