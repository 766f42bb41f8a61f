import type { MethodResult } from '@openclaw/protocol'
import type { Emit } from '../events.ts'
import type { Plugins } from './host.ts'

type PluginInfo = MethodResult<'plugins.list'>['plugins'][number]

/** What depends on the plugins, kept in step with them: the agent's entries, the channels' accounts, and who is told. */
export interface Follower extends Disposable {
  /** Versions of what is plugged in, by id. */
  readonly versions: Record<string, string>
  /** Brings everything into step now; calls that come meanwhile share the next round. */
  sync(): Promise<void>
}

/** Begins to follow. Nothing is handed on before the first `sync`. */
export function followPlugins(parts: {
  plugins: Plugins
  emit: Emit
  reloadAgent(): Promise<void>
  syncChannels(): Promise<void>
}): Follower {
  const { plugins, emit } = parts
  let versions: Record<string, string> = {}
  let shown = new Map<string, string>()
  let loaded: string | undefined
  let round: Promise<void> | undefined
  let again: Promise<void> | undefined

  function tell() {
    const list = plugins.list()
    versions = Object.fromEntries(
      list.flatMap(({ id, version, state }) => (state === 'active' || state === 'loading' ? [[id, version]] : [])),
    )
    const now = new Map(list.map((info): [string, string] => [info.name, JSON.stringify(info)]))
    for (const info of list as readonly PluginInfo[]) {
      if (shown.get(info.name) !== now.get(info.name)) emit('plugin.state', info)
    }
    shown = now
  }

  async function step() {
    const entries = JSON.stringify(await plugins.agentEntries())
    // The first load is the process's own, when it is up.
    if (loaded !== undefined && entries !== loaded) await parts.reloadAgent().catch(() => {})
    loaded = entries
    await parts.syncChannels()
  }

  function sync(): Promise<void> {
    if (!round) {
      round = step().finally(() => (round = undefined))
      return round
    }
    again ??= round
      .catch(() => {})
      .then(() => {
        again = undefined
        return sync()
      })
    return again
  }

  const watching = plugins.onChange(() => {
    tell()
    if (loaded !== undefined) void sync().catch(() => {})
  })
  return {
    get versions() {
      return versions
    },
    sync,
    [Symbol.dispose]: () => watching[Symbol.dispose](),
  }
}
