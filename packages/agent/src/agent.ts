import { link, type Transport } from '@openclaw/client'
import {
  failure,
  type AgentEvents,
  type AgentMethods,
  type AnyLine,
  type GatewayForAgentMethods,
} from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { GatewayWire } from './calls.ts'
import { realClock, type Clock } from './clock.ts'
import { compact } from './compact.ts'
import { openCooldowns } from './cooldowns.ts'
import { openEntries, type BundledEntries } from './entries.ts'
import type { Reach } from './isolated/connect.ts'
import { startRun, type ActiveRun, type LoopParts } from './loop.ts'
import { openMedia } from './media.ts'
import { openMemory } from './memory.ts'
import { openPrompts, type Prompts } from './prompt.ts'
import { openProviders } from './providers.ts'
import { testModel } from './probe.ts'
import { openSkills } from './skills.ts'
import { openTexts } from './texts.ts'
import { openScales } from './tokens.ts'
import { openTools } from './tools.ts'
import { openWindows } from './windows.ts'
import { openWorkspaces } from './workspace.ts'

export interface AgentOptions {
  /** The wire to the gateway: pipes, or one half of a linked pair. */
  readonly transport: Transport
  /** Entries that come with the program: `<plugin>/<hook>` to its module. */
  readonly bundled?: BundledEntries
  readonly clock?: Clock
  /** How long a model may say nothing; 120 s when absent. */
  readonly idleMs?: number
  /** Most bytes of journal text that are kept of sessions lately used; 24 MB when absent. */
  readonly memoryBytes?: number
  /** Where system prompts come from; the files of the workspace when absent. */
  readonly prompts?: Prompts
}

/** The Pi agent runtime, serving one gateway. Disposing it ends its runs, its children and its entries. */
export interface Agent extends AsyncDisposable {
  /** Resolves when the gateway is gone. */
  readonly closed: Promise<unknown>
}

type Contract = { calls: GatewayForAgentMethods; serves: AgentMethods; tells: AgentEvents }

/** Starts an agent that serves {@link agentMethods} over the transport. */
export function createAgent(options: AgentOptions): Agent {
  const { transport, bundled = {}, clock = realClock, idleMs = 120_000, memoryBytes = 24 * 1024 * 1024 } = options
  const runs = new Map<string, ActiveRun>()
  const gone = new AbortController()
  const cooldowns = openCooldowns(clock)
  let loading = false
  let environment: readonly string[] = []

  const tools = openTools(() => {
    if (!loading) void gateway.notify('tools.changed', { tools: tools.specs() })
  })
  const providers = openProviders(clock)
  const read = openTexts()
  const skills = openSkills({ read, env: () => environment })
  const prompts = options.prompts ?? openPrompts({ clock, read, skills })
  const workspaces = openWorkspaces()
  const memory = openMemory(async (session, after, upto) => {
    const { lines, first } = await gateway.call('session.lines', { session, after, upto })
    return { lines: lines as AnyLine[], first }
  }, memoryBytes)
  const reach: Reach = {
    path: async (plugin, signal) => (await gateway.call('plugin.reach', { plugin }, { signal })).path,
    end: (plugin, why) => void gateway.call('plugin.end', { plugin, why }).catch(() => {}),
  }
  const entries = openEntries({
    bundled,
    tools,
    providers,
    clock,
    reach,
    log: logOf,
    onLate: (reports) => void gateway.notify('entries.changed', { entries: reports }),
  })
  const loop: LoopParts = {
    get gateway() {
      return gateway
    },
    clock,
    tools,
    providers,
    prompts,
    memory,
    windows: openWindows(providers, clock),
    scales: openScales(),
    cooldowns,
    idleMs,
    callParts: ({ run, session, workspace }) => {
      const mine = workspaces.open({ run, session, plan: workspace })
      return {
        media: openMedia(workspace.media),
        workspace: mine.forCall,
        [Symbol.asyncDispose]: () => mine[Symbol.asyncDispose](),
      }
    },
  }

  function logOf(plugin: string): Log {
    const write = (level: 'debug' | 'info' | 'warn' | 'error') => (text: string, fields?: object) =>
      void gateway.notify('log', { level, text: `${plugin}: ${text}`, ...(fields === undefined ? {} : { fields }) })
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }

  const gateway: GatewayWire = link<Contract>(transport, {
    handlers: {
      async load({ entries: plans, env = [] }) {
        loading = true
        environment = env
        try {
          const reports = await entries.load(plans, env)
          return { entries: reports, tools: tools.specs(), providers: [...providers.ids] }
        } finally {
          loading = false
        }
      },
      async 'run.start'(request) {
        if (runs.has(request.run)) throw failure('conflict', `the run ${request.run} is in progress already`)
        const run = startRun(request, loop)
        runs.set(request.run, run)
        try {
          return await run.result
        } finally {
          runs.delete(request.run)
        }
      },
      'run.steer': async ({ run, takes, seq }) => ({ taken: (await runs.get(run)?.steer(takes, seq)) ?? false }),
      'run.abort': ({ run, reason }) => {
        runs.get(run)?.abort(reason)
        return {}
      },
      'session.forget': async ({ session }) => {
        memory.forget(session)
        await workspaces.forget(session)
        return {}
      },
      'session.compact': (params, { signal }) => compact(params, { ...loop, signal }),
      'models.list': (query, { signal }) => providers.list(query, AbortSignal.any([signal, gone.signal])),
      'models.test': ({ model }, { signal }) => testModel(model, { providers, clock, signal }),
      'skills.list': async (places) => ({ skills: await skills.list(places) }),
      'tools.list': () => ({ tools: tools.specs() }),
      ping: () => ({ memoryBytes: process.memoryUsage.rss() }),
    },
    onError: (thrown) => logOf('agent').error(`a frame could not be read: ${String(thrown)}`),
  })

  async function close(): Promise<void> {
    gone.abort(failure('aborted', 'the agent ends'))
    for (const run of runs.values()) run.abort('the agent ends')
    await Promise.all([...runs.values()].map(({ result }) => result))
    await workspaces[Symbol.asyncDispose]()
    await entries[Symbol.asyncDispose]()
    gateway.close()
  }
  const closed = gateway.closed.then(close)
  return { closed, [Symbol.asyncDispose]: close }
}
