import Type from 'typebox'
import { SandboxInfo, SandboxMount } from '../sandbox.ts'
import { Role } from '../values.ts'
import { closed, method, none } from './table.ts'

const Key = Type.String({ minLength: 1, maxLength: 16_384, description: 'Session key.' })
const gone = Type.Object({ removed: Type.Array(Type.Object({ plugin: Type.String(), name: Type.String() })) })

export const sandboxMethods = {
  'sandbox.list': method(
    'admin',
    'Sandboxes that are there now.',
    none,
    Type.Object({
      plugins: Type.Array(Type.String(), {
        description: 'Those that make sandboxes, in the order in which they are asked.',
      }),
      sandboxes: Type.Array(Type.Object({ plugin: Type.String(), ...SandboxInfo.properties })),
    }),
  ),
  'sandbox.explain': method(
    'admin',
    'Where the tools of a session work, and why.',
    closed({ session: Type.Optional(Key) }),
    Type.Object({
      session: Type.String(),
      agent: Type.String(),
      role: Role,
      mode: Type.Enum(['off', 'non-owner', 'all']),
      sharing: Type.Enum(['session', 'agent', 'shared']),
      workspace: Type.Enum(['none', 'ro', 'rw']),
      on: Type.Enum(['machine', 'sandbox', 'nothing']),
      reason: Type.Optional(Type.String({ description: 'Why they work nowhere.' })),
      plugin: Type.Optional(Type.String()),
      key: Type.Optional(Type.String({ description: 'Sessions with the same one share the sandbox.' })),
      root: Type.Optional(Type.String()),
      mounts: Type.Optional(Type.Array(SandboxMount)),
    }),
  ),
  'sandbox.recreate': method(
    'admin',
    'End sandboxes, also busy ones; the next command of each makes it anew.',
    closed({ session: Type.Optional(Key), all: Type.Optional(Type.Literal(true)) }),
    gone,
  ),
  'sandbox.prune': method('admin', 'End the sandboxes in which no command runs.', none, gone),
} as const
