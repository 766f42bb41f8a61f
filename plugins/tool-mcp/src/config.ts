import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

const texts = Type.Array(Type.String())

/** One server: a command that is started, or an address. */
export const server = closed({
  enabled: Type.Optional(Type.Boolean({ default: true, description: 'False: it is left alone.' })),
  command: Type.Optional(Type.String({ minLength: 1, description: 'Program of a server that speaks over stdio.' })),
  args: Type.Optional(texts),
  env: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Secret(), {
      description: 'Its variables, beside PATH, HOME and their like. It gets no others.',
    }),
  ),
  cwd: Type.Optional(Type.String({ description: 'Folder it is started in; the home folder when absent.' })),
  url: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'Address of a server that speaks Streamable HTTP.' }),
  ),
  headers: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Secret(), { description: 'Headers of every request.' }),
  ),
  only: Type.Optional(
    Type.Array(Type.String(), { description: 'Its tools to offer, by their own names; all when absent.' }),
  ),
  effects: Type.Optional(
    Type.Record(Type.String(), Type.Enum(['read', 'write', 'exec', 'network']), {
      description: 'What its tools may do, by their own names. `exec` when absent: each call waits for a yes.',
    }),
  ),
  accept: Type.Optional(
    Type.String({ description: 'Digest of the list of tools that you accept after the server changed it.' }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 1_800_000,
      default: 120_000,
      description: 'How long a call may go on without a sign of progress.',
    }),
  ),
})

/** The servers by name. What stands here is started as it is, so it is written by hand or with `openclaw config set`. */
export const config = closed({
  servers: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,23}$' }), server, {
      description: 'Servers by name: small letters, digits and `_`.',
    }),
  ),
  maxTools: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 200,
      default: 20,
      description: 'With more tools than that, the model looks them up with `mcp_find` in place of knowing them all.',
    }),
  ),
})
