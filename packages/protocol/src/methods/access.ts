import Type from 'typebox'
import { Right, Role } from '../values.ts'
import { closed, method, none, ok } from './table.ts'

export const PairingRequest = Type.Object({
  channel: Type.String(),
  account: Type.String(),
  sender: Type.String(),
  name: Type.Optional(Type.String({ description: 'What they call themselves; proves nothing.' })),
  code: Type.String(),
  createdAt: Type.Integer(),
  expiresAt: Type.Integer(),
})

export const RefusedGroup = Type.Object({
  channel: Type.String(),
  account: Type.String(),
  group: Type.String(),
  place: Type.Optional(Type.String({ description: 'What people call it; proves nothing.' })),
  count: Type.Integer(),
  lastAt: Type.Integer(),
})

export const Approval = Type.Object({
  id: Type.String(),
  session: Type.String(),
  run: Type.String(),
  call: Type.String(),
  tool: Type.String(),
  subject: Type.String({ description: 'What would be done, e.g. the command line.' }),
  reason: Type.String(),
  createdAt: Type.Integer(),
  expiresAt: Type.Integer(),
})

export const TokenInfo = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  rights: Type.Array(Right),
  createdAt: Type.Integer(),
  expiresAt: Type.Optional(Type.Integer()),
  lastUsedAt: Type.Optional(Type.Integer()),
})
const MintedToken = Type.Object({ token: Type.String({ description: 'Shown once.' }), info: TokenInfo })

export const accessMethods = {
  'pairing.list': method(
    'pairing',
    'Strangers who wait for a yes.',
    closed({ channel: Type.Optional(Type.String()) }),
    Type.Object({ requests: Type.Array(PairingRequest) }),
  ),
  'pairing.approve': method(
    'pairing',
    'Admit who holds a code, as a member, or as the owner (which takes the admin right).',
    closed({ channel: Type.String(), code: Type.String(), owner: Type.Optional(Type.Boolean()) }),
    Type.Object({ channel: Type.String(), sender: Type.String(), role: Role }),
  ),
  'pairing.reject': method(
    'pairing',
    'Refuse who holds a code.',
    closed({ channel: Type.String(), code: Type.String() }),
    ok,
  ),
  'access.standing': method(
    'admin',
    'The role that somebody has in a conversation now, by the record; none when they may not speak there any more.',
    closed({
      session: Type.String(),
      sender: Type.Optional(
        Type.String({ description: 'As channel/account/person; the peer of the session when absent.' }),
      ),
    }),
    Type.Object({ role: Type.Optional(Role) }),
  ),
  'groups.list': method(
    'pairing',
    'Groups that the configuration lets in, and those that wrote lately and are not let in.',
    closed({ channel: Type.Optional(Type.String()) }),
    Type.Object({
      allowed: Type.Array(Type.Object({ channel: Type.String(), group: Type.String() })),
      refused: Type.Array(RefusedGroup),
    }),
  ),
  'groups.allow': method(
    'admin',
    'Let a group in: its id goes to `channels.<id>.groups.allow` in the configuration.',
    closed({ channel: Type.String(), group: Type.String({ minLength: 1, maxLength: 512 }) }),
    ok,
  ),
  'approvals.list': method(
    'read',
    'Tool calls that wait for a yes.',
    none,
    Type.Object({ approvals: Type.Array(Approval) }),
  ),
  'approvals.resolve': method(
    'admin',
    'Allow or deny one tool call. Single use, for exactly these arguments.',
    closed({ id: Type.String(), verdict: Type.Enum(['allow', 'deny']) }),
    ok,
  ),
  'tokens.list': method(
    'admin',
    'Tokens, without their secrets.',
    none,
    Type.Object({ tokens: Type.Array(TokenInfo) }),
  ),
  'tokens.create': method(
    'admin',
    'Make a token with at most the rights and the role of its maker.',
    closed({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      rights: Type.Array(Right, { minItems: 1 }),
      role: Type.Optional(Role),
      expiresInMs: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    MintedToken,
  ),
  'tokens.rotate': method(
    'admin',
    'Replace the secret of a token; the old one ends at once.',
    closed({ id: Type.String() }),
    MintedToken,
  ),
  'tokens.revoke': method(
    'admin',
    'End a token and close its sockets within a second.',
    closed({ id: Type.String() }),
    ok,
  ),
  'links.create': method(
    'admin',
    'Make a one-time link to the control page: ten minutes, one use.',
    none,
    Type.Object({ url: Type.String(), expiresAt: Type.Integer() }),
  ),
}
