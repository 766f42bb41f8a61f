import { failure, type MethodParams, type MethodResult, type ToolSpec } from '@openclaw/protocol'
import type { Access } from '../access/access.ts'
import type { Configuration } from '../config/configuration.ts'
import { formatPath, overlaps } from '../config/path.ts'
import { nearest } from '../config/suggest.ts'
import { within } from '../deadline.ts'
import { agentOf, parseKey, sessionKey } from '../router/key.ts'
import { defaultAgent, type Router } from '../router/router.ts'
import { lower, refusal, type Standing } from '../runs/authority.ts'
import type { AgentLink } from '../runs/parts.ts'
import { openPolicy, readPolicy, ruleFits, type Named, type Stage, type Whose } from '../runs/policy.ts'
import { chooseWhere, isOwners, type ChooseParts } from '../sandboxes/choose.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { lastPerson } from '../sessions/spending.ts'
import { agentIds } from './agents.ts'
import { checkSession, ownSession, type Caller, type Handlers } from './caller.ts'

/** Somebody at a place, for whom tools would work. */
interface Somebody {
  readonly agent: string
  /** Undefined for anyone of a channel: no conversation is named. */
  readonly session: string | undefined
  readonly role: Standing['role']
  readonly whose: Whose
}

/** What tools there are, for whom, and why not. */
export function toolMethods(
  parts: ChooseParts & {
    readonly configuration: Configuration
    readonly sessions: Sessions
    readonly access: Pick<Access, 'role'>
    router(): Router
    readonly agent: Pick<AgentLink, 'ready'>
    tools(): ReadonlyMap<string, ToolSpec>
  },
): Handlers<'tools.list' | 'tools.explain'> {
  const { configuration } = parts
  const policy = openPolicy(() => configuration.value)

  async function standing({ agent, session, role }: Somebody, signal: AbortSignal): Promise<Standing> {
    const config = configuration.value
    const place = session ?? ownSession(agent, 'owner')
    const where = await chooseWhere(parts, { session: place, agent, role }, config, config.agents?.[agent], signal)
    return { role, owners: isOwners(place, role), where }
  }

  /** Whoever spoke last in a session, with the role of all who are in its context. */
  async function inSession(session: string): Promise<Somebody> {
    const open = await parts.sessions.open(session)
    const person = lastPerson(open.lines(0))
    const channel = parseKey(session)?.channel
    return {
      agent: open.agent,
      session,
      role: lower('owner', open.lowestRole),
      whose: {
        agents: [open.agent],
        channels: channel === undefined ? [] : [channel],
        senders: person === undefined ? [] : [person],
        sessions: [session],
      },
    }
  }

  /** Who writes directly on a channel, or the owner. */
  async function somebody(params: MethodParams<'tools.explain'>): Promise<Somebody> {
    const { channel, account = 'default', sender } = params
    if (channel === undefined || sender === undefined) {
      const agent = params.agent ?? defaultAgent(configuration.value)
      const session = channel === undefined ? ownSession(agent, 'owner') : undefined
      const whose = { agents: [agent], channels: [channel ?? 'local'], senders: [], sessions: session ? [session] : [] }
      return { agent, session, role: 'owner', whose }
    }
    const peer = { kind: 'direct' as const, id: sender }
    const agent = params.agent ?? parts.router().route({ channel, account, peer }).agent
    const session = sessionKey(agent, channel, account, peer)
    const role = (await parts.access.role(channel, account, sender)) ?? 'guest'
    const senders = role === 'owner' ? [] : [`${channel}/${account}/${sender}`]
    return { agent, session, role, whose: { agents: [agent], channels: [channel], senders, sessions: [session] } }
  }

  function check({ agent, channel, sender, session }: MethodParams<'tools.explain'>): void {
    const ids = agentIds(configuration.value)
    const named = agent ?? (session === undefined ? undefined : agentOf(session))
    if (session !== undefined && named === undefined)
      throw failure(
        'invalid_params',
        `tools.explain: ${JSON.stringify(session.slice(0, 200))} is no session key; see \`openclaw sessions list\``,
      )
    if (named !== undefined && !ids.includes(named)) {
      const near = nearest(named, ids)
      throw failure(
        'not_found',
        `tools.explain: there is no agent "${named}"${near ? `; did you mean "${near}"?` : ''}; see \`openclaw agents list\``,
      )
    }
    if (sender !== undefined && channel === undefined)
      throw failure('invalid_params', 'tools.explain: a sender is known by a channel; name it too')
    if (session !== undefined && (agent ?? channel ?? sender) !== undefined)
      throw failure('invalid_params', 'tools.explain: a session says by itself who is in it; name nothing else')
  }

  /** What is wrong with a part of the configuration comes before what its rules say. */
  const changeOf = (path: string, change: string) =>
    [...configuration.closed].some((closed) => overlaps(closed, path))
      ? 'correct what `openclaw config check` names there; until then it has no tools'
      : change

  return {
    async 'tools.list'({ session }, caller: Caller) {
      if (session !== undefined) checkSession(caller, session)
      const own = (): Somebody => {
        const agent = defaultAgent(configuration.value)
        const key = ownSession(agent, caller.principal)
        const senders = caller.role === 'owner' ? [] : [`local/default/${caller.principal}`]
        return {
          agent,
          session: key,
          role: caller.role,
          whose: { agents: [agent], channels: ['local'], senders, sessions: [key] },
        }
      }
      const who = session === undefined ? own() : await inSession(session)
      const here = await standing(who, caller.signal)
      const judge = policy(() => who.whose)
      return {
        tools: [...parts.tools().values()].map((tool) => {
          const reason = refusal(tool, here, judge)
          const { name, plugin, description, effect } = tool
          return { name, plugin, description, effect, available: reason === undefined, ...(reason ? { reason } : {}) }
        }),
      }
    },
    async 'tools.explain'(params, { signal }) {
      check(params)
      await within(parts.agent.ready(), signal)
      const who = params.session === undefined ? await somebody(params) : await inSession(params.session)
      const here = await standing(who, signal)
      const stages = readPolicy(configuration.value).stages(who.whose)
      const judge = policy(() => who.whose)
      const tools = [...parts.tools().values()]
      return {
        agent: who.agent,
        role: who.role,
        ...(params.channel === undefined ? {} : { channel: params.channel }),
        ...(params.sender === undefined ? {} : { sender: params.sender }),
        ...(who.session === undefined ? {} : { session: who.session }),
        on: here.where.on,
        rules: stages.map(({ path, rules: { profile, allow, deny } }) => ({
          path: formatPath(path),
          ...(profile ? { profile } : {}),
          ...(allow ? { allow } : {}),
          ...(deny ? { deny } : {}),
        })),
        tools: tools.map((tool) => {
          const { name, plugin, effect } = tool
          const removal = judge(tool)
          const reason = removal?.reason ?? refusal(tool, here, judge)
          return {
            name,
            plugin,
            effect,
            available: reason === undefined,
            ...(reason === undefined ? {} : { reason }),
            ...(removal ? { path: removal.path, change: changeOf(removal.path, removal.change) } : {}),
          }
        }),
        idle: idleRules(stages, tools),
      }
    },
  }
}

/** Rules that fit none of the tools that are here. */
function idleRules(stages: readonly Stage[], tools: readonly Named[]): MethodResult<'tools.explain'>['idle'] {
  const names = tools.map(({ name }) => name)
  return stages.flatMap(({ path, rules }) =>
    (['allow', 'deny'] as const).flatMap((list) =>
      (rules[list] ?? []).flatMap((rule, at) => {
        // Groups are right by themselves, and `*` is meant for whatever comes.
        if (/[*]|^group:/.test(rule) || tools.some(ruleFits(rule))) return []
        const meant = nearest(rule, names)
        return [{ path: formatPath([...path, list, String(at)]), rule, ...(meant ? { meant } : {}) }]
      }),
    ),
  )
}
