import { link, linkedPair, type Serves, type Transport, type Wire } from '@openclaw/client'
import {
  failure,
  type AgentEvents,
  type AgentMethods,
  type GatewayForAgentMethods,
  type MethodResult,
  type Params,
  type Result,
} from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { cleanEnvironment } from '../isolation/environment.ts'
import { findPrefix, spawnChild } from '../isolation/spawn.ts'
import { farewellMs, supervise, type Life } from '../isolation/supervise.ts'
import type { Platform } from '../platform.ts'

/** What an agent streams, by event. */
export type AgentNotice = { [E in keyof AgentEvents]: { event: E; payload: Static<AgentEvents[E]> } }[keyof AgentEvents]

export interface AgentOptions {
  /**
   * Either a program that speaks JSON-RPC over its pipes, as argv beginning with Node (memory flags are added), or the
   * same agent in this process over a linked pair.
   */
  readonly runs:
    | { readonly program: readonly string[] }
    | { readonly inProcess: (transport: Transport) => AsyncDisposable }
  readonly platform: Platform
  readonly log: Log
  /** What the agent may call. */
  handlers(): Serves<GatewayForAgentMethods>
  readonly onEvent: (notice: AgentNotice) => void
  /** A fresh agent answers; it has no entries yet. */
  readonly onUp?: () => void
  /** The agent died; calls in flight have failed with `unavailable`, and another one is being started. */
  readonly onLost?: (reason: string) => void
  /** It died too often and is not started again until `restart`. */
  readonly onDown?: (reason: string) => void
}

/** The agent process, wherever it lives: started once it is wanted, watched, and started again when it dies. */
export interface AgentHost extends AsyncDisposable {
  /** `starting` also while it waits to be started again; `stopped` before `start` and after the end. */
  readonly state: AgentState
  /** Rejects with `unavailable` when there is no agent, or when it dies before it answers. */
  call<M extends keyof AgentMethods>(
    method: M,
    params: Params<AgentMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<AgentMethods[M]>>
  /** Starts it when it was never started. A parked one stays parked. */
  start(): void
  /** Ends the one that is there and starts a fresh one at once, also when it was parked. */
  restart(reason: string): void
}

type AgentState = MethodResult<'status'>['agentProcess']
type AgentWire = Wire<{ calls: AgentMethods; serves: GatewayForAgentMethods; hears: AgentEvents }>

/** One life of the agent. */
interface AgentLife extends Life {
  readonly wire: AgentWire
}

/** Makes the host of an agent; nothing runs before `start`. */
export function hostAgent(options: AgentOptions): AgentHost {
  const { platform, log, runs } = options
  const { clock } = platform
  let prefix: Promise<readonly string[]> | undefined
  /** Loads under way: while it imports plugins and their libraries, a slow machine lets a process answer nothing else. */
  let loads = 0

  function connect(transport: Transport): AgentWire {
    return link(transport, {
      handlers: options.handlers(),
      onNotification: (event, payload) => options.onEvent({ event, payload } as AgentNotice),
      onError: (thrown) => log.error('an event of the agent could not be handled', { error: String(thrown) }),
      after: (ms, call) => clock.after(ms, call),
    }) as AgentWire
  }

  async function begin(): Promise<AgentLife> {
    if ('inProcess' in runs) {
      const [near, far] = linkedPair()
      const agent = runs.inProcess(far)
      const wire = connect(near)
      return {
        wire,
        pid: undefined,
        over: wire.closed.then(async () => agent[Symbol.asyncDispose]()).then(() => 'it was closed'),
        ping: () => wire.call('ping', {}),
        end: () => wire.close(),
        leave: () => wire.close(),
      }
    }
    prefix ??= findPrefix(platform)
    const [node, ...rest] = runs.program
    const { child, transport } = spawnChild({
      argv: [...(await prefix), node!, '--no-warnings', ...rest],
      env: cleanEnvironment(platform.env, { OPENCLAW_AGENT: platform.random.id() }),
      name: 'agent process',
      platform,
      log,
    })
    const wire = connect(transport)
    let ended: string | undefined
    const end = (why?: string) => {
      ended ??= why
      child.kill('SIGKILL')
    }
    const over = child.exited.then(({ code, signal }) => {
      wire.close({ code: 'unavailable', message: 'the agent process ended' })
      return ended ?? (signal ? `it was ended by ${signal}` : `it exited with code ${code}`)
    })
    // A process that closed its pipes is of no use any more.
    void wire.closed.then(async () => {
      using _late = clock.after(farewellMs, () => end())
      await over
    })
    // Closing stdin lets it end its children in order.
    return { wire, pid: child.pid, over, ping: () => wire.call('ping', {}), end, leave: () => wire.close() }
  }

  const process = supervise({
    name: 'the agent process',
    remedy: '`openclaw gateway restart`',
    clock,
    log,
    begin,
    busy: () => loads > 0,
    onUp: () => options.onUp?.(),
    onLost: (reason) => options.onLost?.(reason),
    onDown: (why) => options.onDown?.(why),
  })

  /** A call that broke with the process fails only when everybody knows of the death: who tries again must not find the dead one. */
  async function answer<T>(mine: AgentLife, called: Promise<T>): Promise<T> {
    try {
      return await called
    } catch (thrown) {
      // The wire says that it is closed a few promises after it broke the call.
      const open = new Promise<boolean>((resolve) => setImmediate(resolve, true))
      if (!(await Promise.race([open, mine.wire.closed.then(() => false)]))) await process.buried(mine)
      throw thrown
    }
  }

  return {
    get state() {
      const { restarts, reason, life } = process
      const state: AgentState['state'] = process.state === 'ready' && 'inProcess' in runs ? 'in-process' : process.state
      return {
        state,
        restarts,
        ...(life?.pid === undefined ? {} : { pid: life.pid }),
        ...(reason === undefined ? {} : { reason }),
      }
    },
    call(method, params, signal) {
      const { life } = process
      if (!life)
        return Promise.reject(
          failure(
            'unavailable',
            process.state === 'parked'
              ? 'the agent process is parked after too many deaths; see the log, then `openclaw gateway restart`'
              : 'the agent process is not running; it is being started',
          ),
        )
      const answered = answer(life, life.wire.call(method, params, signal ? { signal } : {}) as Promise<never>)
      if (method !== 'load') return answered
      loads++
      return answered.finally(() => loads--)
    },
    start: () => process.start(),
    restart: (why) => process.restart(why),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}
