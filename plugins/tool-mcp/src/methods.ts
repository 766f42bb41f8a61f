import { closed, method } from '@openclaw/sdk'
import Type from 'typebox'

const Names = Type.Array(Type.String())
/** What a server says otherwise than when its tools were accepted, and what accepts it. */
const differs = {
  changed: Type.Optional(Names),
  added: Type.Optional(Names),
  accept: Type.Optional(Type.String({ description: 'Digest with which the owner accepts all that it has now.' })),
}

/** One server of the configuration, as far as it is known without starting it. */
export const ServerState = Type.Object({
  name: Type.String(),
  at: Type.String({ description: 'Its command, or the host that it is reached at.' }),
  state: Type.Enum(['off', 'new', 'known', 'changed'], {
    description:
      'Left alone; never reached yet; reached, and as it was accepted; it says something else now, which waits for a yes.',
  }),
  tools: Type.Integer({ description: 'Tools that the agent is offered.' }),
  asking: Type.Integer({ description: 'How many of them wait for a yes at each call.' }),
  ...differs,
})

/** What the gateway entry serves. */
export const methods = {
  'mcp.list': method(
    'admin',
    'MCP servers of the configuration, with what is known of their tools. None is started.',
    closed({}),
    Type.Object({ servers: Type.Array(ServerState) }),
  ),
  'mcp.test': method(
    'admin',
    'Start a server, or reach it, and ask for its tools. Nothing of it is kept, and no tool is called.',
    closed({ server: Type.String({ minLength: 1, maxLength: 24 }) }),
    Type.Object({
      ok: Type.Boolean(),
      ms: Type.Integer(),
      tools: Type.Optional(Names),
      ...differs,
      message: Type.Optional(Type.String({ description: 'Why it cannot be used, and what to do.' })),
    }),
  ),
}
