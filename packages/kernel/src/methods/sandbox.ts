import { failure } from '@openclaw/protocol'
import type { Configuration } from '../config/configuration.ts'
import { defaultAgent } from '../router/router.ts'
import { agentOf, parseKey } from '../router/key.ts'
import { chooseWhere, type ChooseParts } from '../sandboxes/choose.ts'
import { sandboxings } from '../sandboxes/order.ts'
import { sandboxRules } from '../sandboxes/place.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { ownSession, type Caller, type Handlers } from './caller.ts'

type Names = 'sandbox.list' | 'sandbox.explain' | 'sandbox.recreate' | 'sandbox.prune'

/** Sandboxes of all plugins that make some. */
export function sandboxMethods(
  parts: ChooseParts & { readonly configuration: Configuration; readonly sessions: Sessions },
): Handlers<Names> {
  const all = () => sandboxings(parts.plugins.extensions)

  /** Where the tools of a session would work if a run began now. */
  async function look(named: string | undefined, { principal, signal }: Caller) {
    const config = parts.configuration.value
    const session = named ?? ownSession(defaultAgent(config), principal)
    const agent = agentOf(session)
    if (agent === undefined)
      throw failure(
        'invalid_params',
        `sandbox: ${JSON.stringify(session.slice(0, 200))} is no session key; \`openclaw sessions list\` shows some`,
      )
    const { lowestRole } = await parts.sessions.open(session)
    // Where nobody has written yet, it is for those that are to be confined that one asks.
    const role = lowestRole ?? (parseKey(session)?.channel === 'local' ? 'owner' : 'member')
    const agentConfig = config.agents?.[agent]
    const where = await chooseWhere(parts, { session, agent, role }, config, agentConfig, signal)
    return { session, agent, role, rules: sandboxRules(config, agentConfig), where }
  }

  async function remove(key?: string) {
    const removed: { plugin: string; name: string }[] = []
    for (const { plugin, sandboxing } of all())
      for (const name of (await sandboxing.remove?.(key)) ?? []) removed.push({ plugin, name })
    return { removed }
  }

  return {
    async 'sandbox.list'() {
      const lists = await Promise.all(
        all().map(async ({ plugin, sandboxing }) =>
          ((await sandboxing.list?.()) ?? []).map((one) => ({ plugin, ...one })),
        ),
      )
      return { plugins: all().map(({ plugin }) => plugin), sandboxes: lists.flat() }
    },
    async 'sandbox.explain'({ session: named }, caller) {
      const { session, agent, role, rules, where } = await look(named, caller)
      const { mode, sharing, workspace } = rules
      const about = { session, agent, role, mode, sharing, workspace, on: where.on }
      if (where.on === 'nothing') return { ...about, reason: where.reason }
      if (where.on === 'machine') return about
      return { ...about, plugin: where.plugin, key: where.place.key, root: where.root, mounts: where.place.mounts }
    },
    async 'sandbox.recreate'({ session, all: every }, caller) {
      if ((session === undefined) === (every === undefined))
        throw failure('invalid_params', 'sandbox.recreate: name one session, or say all')
      if (session !== undefined) {
        const { where } = await look(session, caller)
        return where.on === 'sandbox' ? await remove(where.place.key) : { removed: [] }
      }
      const keys = new Set<string>()
      for (const { sandboxing } of all()) for (const { key } of (await sandboxing.list?.()) ?? []) keys.add(key)
      const removed = await Promise.all([...keys].map((key) => remove(key)))
      return { removed: removed.flatMap((one) => one.removed) }
    },
    'sandbox.prune': () => remove(),
  }
}
