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
import type { Child, Platform } from '../platform.ts'
import { takePulse } from './pulse.ts'
import { findPrefix, spawnAgent } from './spawn.ts'

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

const pulse = { everyMs: 500, misses: 3, startMs: 20_000 }
const backoffMs = [50, 250, 1000, 2000, 4000]
const deathsToPark = backoffMs.length
const windowMs = 60_000
/** An agent that was asked to go has this long before it is made to. */
const farewellMs = 2000

/** One life of the agent. */
interface Life {
  readonly wire: AgentWire
  readonly child: Child | undefined
  /** Resolves when nothing of it is left. */
  readonly over: Promise<string>
  /** Resolves once its death is known to whoever started this host. */
  readonly buried: PromiseWithResolvers<void>
  end(): void
}

/** Makes the host of an agent; nothing runs before `start`. */
export function hostAgent(options: AgentOptions): AgentHost {
  const { platform, log, runs } = options
  const { clock } = platform
  let state: AgentState['state'] = 'stopped'
  let restarts = 0
  let reason: string | undefined
  let life: Life | undefined
  let wait: Disposable | undefined
  let closed = false
  /** The next end was asked for and counts as no death. */
  let replaced = false
  let deaths: number[] = []
  let prefix: Promise<readonly string[]> | undefined

  function connect(transport: Transport): AgentWire {
    return link(transport, {
      handlers: options.handlers(),
      onNotification: (event, payload) => options.onEvent({ event, payload } as AgentNotice),
      onError: (thrown) => log.error('an event of the agent could not be handled', { error: String(thrown) }),
      after: (ms, call) => clock.after(ms, call),
    }) as AgentWire
  }

  async function begin(): Promise<Life> {
    if ('inProcess' in runs) {
      const [near, far] = linkedPair()
      const agent = runs.inProcess(far)
      const wire = connect(near)
      return {
        wire,
        child: undefined,
        over: wire.closed.then(async () => agent[Symbol.asyncDispose]()).then(() => 'it was closed'),
        buried: Promise.withResolvers(),
        end: () => wire.close(),
      }
    }
    prefix ??= findPrefix(platform)
    const { child, transport } = spawnAgent(runs.program, await prefix, platform.random.id(), platform, log)
    const wire = connect(transport)
    const over = child.exited.then(({ code, signal }) => {
      wire.close({ code: 'unavailable', message: 'the agent process ended' })
      return signal ? `it was ended by ${signal}` : `it exited with code ${code}`
    })
    // A process that closed its pipes is of no use any more.
    void wire.closed.then(async () => {
      using _late = clock.after(farewellMs, () => child.kill('SIGKILL'))
      await over
    })
    return { wire, child, over, buried: Promise.withResolvers(), end: () => child.kill('SIGKILL') }
  }

  async function live(): Promise<void> {
    state = 'starting'
    let mine: Life
    try {
      mine = await begin()
    } catch (thrown) {
      return died(thrown instanceof Error ? thrown.message : String(thrown))
    }
    life = mine
    if (closed) mine.end()
    let silent: number | undefined
    {
      using _pulse = takePulse({
        ...pulse,
        clock,
        async ping() {
          await mine.wire.call('ping', {})
          if (state !== 'starting' || life !== mine) return
          state = 'inProcess' in runs ? 'in-process' : 'ready'
          options.onUp?.()
        },
        onDead(silentMs) {
          silent = silentMs
          mine.end()
        },
      })
      const how = await mine.over
      if (life === mine) life = undefined
      died(silent === undefined ? how : `it did not answer for ${Math.round(silent)} ms and was killed`)
      mine.buried.resolve()
    }
  }

  function died(how: string): void {
    reason = how
    if (closed) {
      state = 'stopped'
      return
    }
    if (replaced) {
      replaced = false
      options.onLost?.(how)
      return go()
    }
    const now = clock.monotonic()
    deaths = [...deaths.filter((at) => now - at < windowMs), now]
    if (deaths.length >= deathsToPark) {
      state = 'parked'
      const why = `the agent process died ${deaths.length} times within a minute: ${how}; see the log, then \`openclaw gateway restart\``
      log.error(why)
      return options.onDown?.(why)
    }
    state = 'starting'
    log.warn(`the agent process died: ${how}; starting it again`)
    options.onLost?.(how)
    wait = clock.after(backoffMs[deaths.length - 1]!, go)
  }

  function go(): void {
    wait?.[Symbol.dispose]()
    wait = undefined
    if (reason !== undefined) restarts++
    live().catch((thrown: unknown) => log.error('the agent host failed', { error: String(thrown) }))
  }

  /** A call that broke with the process fails only when everybody knows of the death: who tries again must not find the dead one. */
  async function answer<T>(mine: Life, called: Promise<T>): Promise<T> {
    try {
      return await called
    } catch (thrown) {
      // The wire says that it is closed a few promises after it broke the call.
      const open = new Promise<boolean>((resolve) => setImmediate(resolve, true))
      if (!(await Promise.race([open, mine.wire.closed.then(() => false)]))) await mine.buried.promise
      throw thrown
    }
  }

  return {
    get state() {
      const pid = life?.child?.pid
      return { state, restarts, ...(pid === undefined ? {} : { pid }), ...(reason === undefined ? {} : { reason }) }
    },
    call(method, params, signal) {
      if (!life)
        return Promise.reject(
          failure(
            'unavailable',
            state === 'parked'
              ? 'the agent process is parked after too many deaths; see the log, then `openclaw gateway restart`'
              : 'the agent process is not running; it is being started',
          ),
        )
      return answer(life, life.wire.call(method, params, signal ? { signal } : {}) as Promise<never>)
    },
    start() {
      if (state === 'stopped' && !closed) go()
    },
    restart(why) {
      if (closed) return
      deaths = []
      log.info(`the agent process is restarted: ${why}`)
      if (life) {
        replaced = true
        life.end()
      } else if (wait || state !== 'starting') go()
    },
    async [Symbol.asyncDispose]() {
      closed = true
      wait?.[Symbol.dispose]()
      const mine = life
      if (!mine) {
        state = 'stopped'
        return
      }
      // Closing stdin lets it end its children in order; then by force.
      mine.wire.close()
      using _late = clock.after(farewellMs, () => mine.end())
      await mine.over
      state = 'stopped'
    },
  }
}
