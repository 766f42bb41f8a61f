import { link, type Wire } from '@openclaw/client'
import { failure, type Params, type Result } from '@openclaw/protocol'
import type { Account, GatewaySetup, Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import type { FoundPlugin } from '../plugins/host.ts'
import type { Platform } from '../platform.ts'
import type { Check } from './checks.ts'
import { cleanEnvironment } from './environment.ts'
import { guard } from './guard.ts'
import { openDoor, type Door } from './http.ts'
import { limits, nodeSwitches } from './permissions.ts'
import { houseHandlers } from './serve.ts'
import { spawnChild } from './spawn.ts'
import { lendStreams, type LentStreams } from './streams.ts'
import { farewellMs, type Life } from './supervise.ts'
import {
  childMethods,
  childTells,
  maxLineBytes,
  type ChildMethods,
  type ChildTells,
  type HouseSide,
  type HouseTells,
  type Names,
} from './wire.ts'

/** The program that is a plugin's process: argv beginning with Node, and the folders it is read from. */
export interface PluginProgram {
  readonly argv: readonly string[]
  readonly reads: readonly string[]
}

/** One life of a plugin's process. */
export interface PluginLife extends Life {
  /** The accounts whose links it holds, by the number of the link. */
  readonly accounts: Map<number, Account>
  readonly streams: LentStreams
  readonly door: Door
  /** Rejects with what the plugin threw, or with `unavailable` and the reason when the process ends first. */
  call<M extends Names<ChildMethods>>(
    method: M,
    params: Params<ChildMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<ChildMethods[M]>>
  /** Tells of an event; left out while the process reads slower than we tell. */
  tell(payload: Static<HouseTells['event']>): void
}

/** What lives of a plugin's process are made of. */
export interface LifeParts {
  readonly plugin: FoundPlugin
  readonly program: PluginProgram
  /** What ends it with the gateway, where there is such a thing. */
  readonly prefix: readonly string[]
  readonly platform: Platform
  readonly log: Log
  /** Its folder, which it may write. */
  readonly state: string
  readonly check: Check
  /** What its gateway entry was set up with; undefined while there is none. */
  setup(): GatewaySetup | undefined
  /** Its gateway entry begins or ends to listen to an event. */
  listen(event: string, on: boolean): void
}

type Told = Extract<keyof ChildTells, string>

/** Calls of ours, and of the child, that may wait at once. */
const maxWaiting = 1000

/** Starts the process of a plugin. */
export async function beginLife(parts: LifeParts): Promise<PluginLife> {
  const { plugin, platform, log, state, check } = parts
  const { clock, files } = platform
  const { id } = plugin.manifest
  await files.makeFolder(state)
  const reads = [...parts.program.reads, ...plugin.folders]
  const [node = '', ...program] = parts.program.argv
  let ended: string | undefined
  const end = (why?: string) => {
    ended ??= why
    child.kill('SIGKILL')
  }
  const { child, transport } = spawnChild({
    argv: [...parts.prefix, node, ...nodeSwitches({ manifest: plugin.manifest, reads, state }), ...program],
    env: cleanEnvironment(platform.env),
    cwd: state,
    name: id,
    platform,
    log,
    maxLineBytes,
    onFlood: end,
  })
  const accounts = new Map<number, Account>()
  const streams = lendStreams()
  const wire: Wire<HouseSide> = link<HouseSide>(guard(transport, clock, end), {
    handlers: houseHandlers({ accounts, streams, check, setup: parts.setup }),
    onNotification: (event, payload) => hear(event, payload),
    onError: (thrown) => log.warn(`${id}: what its process told was refused`, { error: String(thrown) }),
    maxPending: maxWaiting,
    maxIncoming: maxWaiting,
    after: (ms, call) => clock.after(ms, call),
  })
  const over = child.exited.then(async ({ code, signal }) => {
    wire.close({ code: 'unavailable', message: 'the process of the plugin ended' })
    await Promise.all([streams.close(), door[Symbol.asyncDispose]()])
    return ended ?? (signal ? `it was ended by ${signal}` : `it exited with code ${code}`)
  })
  // A process that closed its pipes, or wrote a line too long, is of no use any more.
  void wire.closed.then(async (reason) => {
    if (reason && reason.message !== 'the process of the plugin ended') ended ??= reason.message
    using _late = clock.after(farewellMs, () => end())
    await over
  })

  async function call<M extends Names<ChildMethods>>(
    method: M,
    params: Params<ChildMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<ChildMethods[M]>> {
    const gone = wire.closed.then(async () => {
      throw failure('unavailable', `${id}: its process ended: ${await over}`)
    })
    gone.catch(() => {})
    let result: Result<ChildMethods[M]>
    try {
      result = await wire.call(method, params, signal ? { signal } : {})
    } catch (thrown) {
      // What broke with the process says how that ended, in place of that the wire closed.
      const open = new Promise<undefined>((resolve) => setImmediate(resolve, undefined))
      await Promise.race([gone, open])
      throw thrown
    }
    check(method, childMethods[method].result, result)
    return result
  }

  function hear<E extends Told>(event: E, payload: unknown): void {
    const schema = Object.hasOwn(childTells, event) ? childTells[event] : undefined
    if (!schema) throw failure('not_found', `there is nothing called "${event.slice(0, 60)}" to tell`)
    check(event, schema, payload)
    told[event](payload as never)
  }
  const told: { readonly [E in Told]: (payload: Static<ChildTells[E]>) => void } = {
    'account.report': ({ link: at, state: now, detail, fatal }) => accounts.get(at)?.report(now, detail, fatal),
    'account.typing': ({ link: at, peer, on, sender }) => accounts.get(at)?.typing(peer, on, sender),
    'account.presence': ({ link: at, sender, state: now }) => accounts.get(at)?.presence(sender, now),
    'account.webhook': ({ link: at }) =>
      void accounts.get(at)?.webhook({
        verify: async (request, body) => (await door.fetch(`webhook ${at} verify`, request, body)).status === 204,
        handle: (request, body) => door.fetch(`webhook ${at} handle`, request, body),
      }),
    listen: ({ event, on }) => parts.listen(event, on),
    log: ({ level, text, fields }) => log[level](`${id}: ${text.slice(0, 4000)}`, fields),
  }
  const door = openDoor({ name: id, platform, listen: (path) => call('http.listen', { path }) })

  let full = false
  return {
    pid: child.pid,
    accounts,
    streams,
    door,
    over,
    call,
    end,
    leave: () => wire.close(),
    async ping() {
      const { memoryBytes } = await wire.call('ping', {})
      const megabytes = Math.round(memoryBytes / 2 ** 20)
      if (megabytes > limits.processMb) end(`it took ${megabytes} MB of memory, more than ${limits.processMb}`)
    },
    tell(payload) {
      if (full) return
      const room = wire.notify('event', payload)
      if (!room) return
      full = true
      void room.then(() => (full = false))
    },
  }
}
