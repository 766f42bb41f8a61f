import Type from 'typebox'
import { toolRules } from '../tool-policy.ts'
import { Effect, Role } from '../values.ts'
import { closed, method, SessionKey } from './table.ts'

const name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description }))

export const toolMethods = {
  'tools.list': method(
    'read',
    'Tools, what they may do, and why one is not available in a session.',
    closed({ session: Type.Optional(Type.String()) }),
    Type.Object({
      tools: Type.Array(
        Type.Object({
          name: Type.String(),
          plugin: Type.String(),
          description: Type.String(),
          effect: Effect,
          available: Type.Boolean(),
          reason: Type.Optional(Type.String()),
        }),
      ),
    }),
  ),
  'tools.explain': method(
    'admin',
    'Which tools somebody has somewhere, which rule took each of the others away, and what would let it in.',
    closed({
      agent: name('Id of an agent; the one that would answer when absent.'),
      channel: name('Id of a channel.'),
      account: name('Account of the channel; `default` when absent.'),
      sender: name('Stable id of who writes directly on the channel; the owner when absent.'),
      session: Type.Optional(SessionKey),
    }),
    Type.Object({
      agent: Type.String(),
      role: Role,
      channel: Type.Optional(Type.String()),
      sender: Type.Optional(Type.String()),
      session: Type.Optional(Type.String()),
      on: Type.Enum(['machine', 'sandbox', 'nothing'], {
        description: 'Where what changes or runs things would do so.',
      }),
      rules: Type.Array(Type.Object({ path: Type.String(), ...toolRules }), {
        description: 'The parts of the configuration that count, in their order; each only takes away.',
      }),
      tools: Type.Array(
        Type.Object({
          name: Type.String(),
          plugin: Type.String(),
          effect: Effect,
          available: Type.Boolean(),
          path: Type.Optional(Type.String({ description: 'The rule that took it away; absent for the sandbox.' })),
          reason: Type.Optional(Type.String()),
          change: Type.Optional(Type.String({ description: 'What would let it in.' })),
        }),
      ),
      idle: Type.Array(Type.Object({ path: Type.String(), rule: Type.String(), meant: Type.Optional(Type.String()) }), {
        description: 'Rules that fit no tool that is plugged in: misspelt, or about what is not here.',
      }),
    }),
  ),
}
