import { failure, type Address, type LedgerRecord, type MethodResult, type Right, type Role } from '@openclaw/protocol'
import type { Access } from '../access/access.ts'
import type { Configuration } from '../config/configuration.ts'
import { formatPath } from '../config/path.ts'
import type { Tokens } from '../gateway/tokens.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import { parseKey } from '../router/key.ts'
import type { Approvals } from '../runs/approvals.ts'
import { maySee, type Caller, type Handlers } from './caller.ts'

type Names =
  | 'pairing.list'
  | 'pairing.approve'
  | 'pairing.reject'
  | 'access.standing'
  | 'groups.list'
  | 'groups.allow'
  | 'approvals.list'
  | 'approvals.resolve'
  | 'tokens.list'
  | 'tokens.create'
  | 'tokens.rotate'
  | 'tokens.revoke'
  | 'links.create'

/** The gateway's record of tokens, and its one-time links. */
export interface TokenDesk extends Pick<Tokens, 'list' | 'create' | 'rotate' | 'revoke'> {
  link(): MethodResult<'links.create'>
}

const roles: readonly Role[] = ['guest', 'member', 'owner']

/** Who is let in, and what is allowed by a person. */
export function accessMethods(parts: {
  platform: Platform
  configuration: Configuration
  ledger: Ledger
  access: Access
  approvals: Approvals
  tokens: TokenDesk
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Handlers<Names> {
  const { access, approvals, tokens, configuration } = parts
  const allowedGroups = (channel: string) => configuration.value.channels?.[channel]?.groups?.allow ?? []

  function atMost(caller: Caller, rights: readonly Right[], role: Role) {
    const has = (right: Right) =>
      caller.rights.includes('admin') ||
      caller.rights.includes(right) ||
      (right === 'read' && caller.rights.includes('write'))
    const beyond = rights.filter((right) => !has(right))
    if (beyond.length > 0) throw failure('forbidden', `tokens: you have no right "${beyond.join('", "')}" to give away`)
    if (roles.indexOf(role) > roles.indexOf(caller.role)) {
      throw failure('forbidden', `tokens: you are ${caller.role} and cannot make a token of an ${role}`)
    }
  }

  /** Rotating or revoking is for who could have made the token. */
  function checkToken(caller: Caller, id: string) {
    const token = tokens.list().find((one) => one.id === id)
    if (!token) throw failure('not_found', `tokens: there is no token ${id}; see \`openclaw tokens list\``)
    atMost(caller, token.rights, token.role)
  }

  async function greet(address: Address) {
    const outbound: LedgerRecord<'outbound'> = {
      type: 'outbound',
      id: parts.platform.random.id(),
      address,
      text: 'You are in. Say hello.',
      at: parts.platform.clock.now(),
    }
    await parts.ledger.commit([outbound])
    parts.deliver([outbound])
  }

  /** Of who reads their session themselves. */
  function localRole(principal: string): Role | undefined {
    if (principal === 'owner') return 'owner'
    const [kind, name] = [principal.split(':', 1)[0], principal.slice(principal.indexOf(':') + 1)]
    if (kind === 'token') return tokens.list().find(({ id }) => id === name)?.role
    const users = configuration.value.gateway?.auth?.proxy?.users ?? {}
    return kind === 'user' && Object.hasOwn(users, name) ? (users[name]!.role ?? 'member') : undefined
  }

  return {
    async 'access.standing'({ session, sender }) {
      const key = parseKey(session)
      if (!key) throw failure('invalid_params', `access.standing: ${session.slice(0, 200)} is no conversation's key`)
      const { channel, account, peer } = key
      const place = `${channel}/${account}/`
      if (sender !== undefined && !sender.startsWith(place)) return {}
      const person = sender?.slice(place.length)
      const role =
        channel === 'local' ? localRole(person ?? peer.id) : await access.standing(channel, account, peer, person)
      return role ? { role } : {}
    },
    'pairing.list': async ({ channel }) => ({ requests: [...(await access.pairings(channel))] }),
    async 'pairing.approve'({ channel, code, owner = false }, caller) {
      if (owner && !caller.rights.includes('admin')) {
        throw failure('forbidden', 'pairing.approve: making somebody the owner takes the admin right')
      }
      const role = owner ? 'owner' : 'member'
      const { sender, account } = await access.approve(channel, code, role)
      await greet({ channel, account, peer: { kind: 'direct', id: sender } })
      return { channel, sender, role }
    },
    async 'pairing.reject'({ channel, code }) {
      await access.reject(channel, code)
      return { ok: true }
    },
    'groups.list'({ channel }) {
      const names = Object.keys(configuration.value.channels ?? {}).filter(
        (id) => channel === undefined || id === channel,
      )
      return {
        allowed: names.flatMap((id) => allowedGroups(id).map((group) => ({ channel: id, group }))),
        refused: access.refusedGroups(channel).filter((one) => !allowedGroups(one.channel).includes(one.group)),
      }
    },
    async 'groups.allow'({ channel, group }) {
      const section = configuration.value.channels?.[channel]
      if (!section)
        throw failure('not_found', `groups.allow: there is no channel "${channel}"; see \`openclaw channels list\``)
      const path = ['channels', channel, 'groups']
      if (section.groups?.policy === 'disabled')
        throw failure(
          'conflict',
          `groups.allow: ${channel} answers in no group, since ${formatPath([...path, 'policy'])} is "disabled"; \`openclaw config set ${formatPath([...path, 'policy'])} allowlist\` lets the listed ones in`,
        )
      const allowed = allowedGroups(channel)
      if (!allowed.includes(group)) await configuration.set(formatPath([...path, 'allow']), [...allowed, group])
      return { ok: true }
    },
    'approvals.list': (_params, caller) => ({
      approvals: approvals.list().filter(({ session }) => maySee(caller, session)),
    }),
    async 'approvals.resolve'({ id, verdict }, caller) {
      if (caller.role !== 'owner') throw failure('forbidden', 'approvals.resolve: only the owner may allow or deny')
      await approvals.resolve(id, verdict, caller.principal)
      return { ok: true }
    },
    'tokens.list': () => ({ tokens: tokens.list() }),
    'tokens.create'({ name, rights, role = 'member', expiresInMs }, caller) {
      atMost(caller, rights, role)
      return tokens.create({ name, rights, role, ...(expiresInMs === undefined ? {} : { expiresInMs }) })
    },
    'tokens.rotate'({ id }, caller) {
      checkToken(caller, id)
      return tokens.rotate(id)
    },
    async 'tokens.revoke'({ id }, caller) {
      checkToken(caller, id)
      await tokens.revoke(id)
      return { ok: true }
    },
    'links.create'(_params, caller) {
      if (caller.role !== 'owner') throw failure('forbidden', "links.create: the control page is the owner's")
      return tokens.link()
    },
  }
}
