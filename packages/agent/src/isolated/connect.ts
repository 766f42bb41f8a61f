import { connect } from 'node:net'
import { link, type Serves, type Transport, type Wire } from '@openclaw/client'
import { stdioTransport } from '@openclaw/client/node'
import { failure, type Params, type Result } from '@openclaw/protocol'
import type { Scope } from '@openclaw/sdk'
import { guard } from '@openclaw/sdk/host'
import {
  checkParams,
  entryMethods,
  entryTells,
  agentForEntryMethods,
  maxLineBytes,
  openChecks,
  type AgentForEntryMethods,
  type AgentSide,
  type EntryMethods,
  type EntryTells,
} from '@openclaw/sdk/isolation'
import type { Static } from 'typebox'
import type { Clock } from '../clock.ts'

/** The way to the processes of plugins, which the gateway keeps. */
export interface Reach {
  /** The local socket of a plugin's entries, once its process is alive; rejects when there is none. */
  path(plugin: string, signal: AbortSignal): Promise<string>
  /** Ends the process of a plugin that did what no process may do. */
  end(plugin: string, why: string): void
}

/** An entry in another process: whose, which, and how it is reached. */
export interface IsolatedEntry {
  readonly plugin: string
  readonly module: string
  readonly clock: Clock
  readonly reach: Reach
}

/** Calls an entry in the process of its plugin. What comes back was checked. */
export type CallEntry = <M extends keyof EntryMethods>(
  method: M,
  params: Params<EntryMethods[M]>,
  options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
) => Promise<Result<EntryMethods[M]>>

/** One life of an entry: it ends with the process of its plugin. */
export interface EntryLife {
  readonly call: CallEntry
  readonly wire: Wire<AgentSide>
  /** Whether the process is gone: asked for when a call broke, as the wire says so a few promises later. */
  isOver(): Promise<boolean>
}

/** What an entry is connected with. */
export interface EntryParts extends Omit<IsolatedEntry, 'module'> {
  readonly scope: Scope
  /** Serves what the entry has of this process. */
  handlers(life: () => EntryLife): Serves<AgentForEntryMethods>
  readonly hear: { readonly [E in keyof EntryTells]: (payload: Static<EntryTells[E]>) => void }
  /** Sets the entry up in a process that has just been reached. */
  setUp(call: CallEntry): Promise<void>
}

/** Time that an entry has to be set up, and to close what it opened. */
const setUpMs = 10_000
const closeMs = 2500
/** Calls that may wait on either side. */
const maxWaiting = 1000

/** Gives the life that is there, waiting for it where needed; rejects with why there is none. */
export type Alive = (signal?: AbortSignal) => Promise<EntryLife>

/**
 * Connects one entry when it is first asked for, and again whenever its process was replaced, for as long as the scope
 * lasts. What a set-up throws rejects whoever waits for it.
 */
export function connectEntry(parts: EntryParts): Alive {
  const { plugin, reach, scope, clock } = parts
  let life: Promise<EntryLife> | undefined
  let now: EntryLife | undefined

  const current = () =>
    (life ??= begin().catch((thrown: unknown) => {
      life = undefined
      throw thrown
    }))

  function complain(thrown: unknown): void {
    if (!scope.signal.aborted) scope.log.warn('its entry could not be set up again', { error: String(thrown) })
  }

  async function begin(): Promise<EntryLife> {
    for (;;) {
      const mine = open(await reach.path(plugin, scope.signal))
      try {
        await setUp(mine)
        return mine
      } catch (thrown) {
        const died = await mine.isOver()
        mine.wire.close()
        // The next process may fare better. One that goes on dying is parked, and then there is no way to it.
        if (!died || scope.signal.aborted) throw thrown
      }
    }
  }

  async function setUp(mine: EntryLife): Promise<void> {
    const late = new AbortController()
    using _timer = clock.after(setUpMs, () =>
      late.abort(failure('unavailable', `${plugin}: its entry was not set up within ${setUpMs / 1000} s`)),
    )
    const signal = AbortSignal.any([scope.signal, late.signal])
    await parts.setUp((method, params) => mine.call(method, params, { signal }))
    if (signal.aborted) throw signal.reason
    now = mine
    void mine.wire.closed.then(() => {
      if (now !== mine) return
      now = life = undefined
      // What it offers is there again as soon as its process is, also when nobody asks for it.
      if (!scope.signal.aborted) current().catch(complain)
    })
  }

  function open(path: string): EntryLife {
    const check = openChecks(plugin)
    const socket = connect(path)
    const flood = (why: string) => {
      reach.end(plugin, why)
      socket.destroy()
    }
    const pipe: Transport = guard(
      stdioTransport(socket, socket, { maxLineBytes }),
      { monotonic: () => performance.now() },
      flood,
    )
    const wire = link<AgentSide>(pipe, {
      handlers: checkParams(
        check,
        agentForEntryMethods,
        parts.handlers(() => mine),
      ),
      onNotification(event, payload) {
        if (!Object.hasOwn(entryTells, event))
          throw failure('not_found', `there is nothing called "${String(event).slice(0, 60)}" to tell`)
        check(event, entryTells[event], payload)
        parts.hear[event](payload as never)
      },
      onError: (thrown) => scope.log.warn('what its process told was refused', { error: String(thrown) }),
      maxPending: maxWaiting,
      maxIncoming: maxWaiting,
      after: (ms, call) => clock.after(ms, call),
    })
    // One that says a line too long would say it again.
    void wire.closed.then((reason) => reason?.code === 'invalid_params' && reach.end(plugin, reason.message))
    const mine: EntryLife = {
      wire,
      async call(method, params, options) {
        const result = await wire.call(method, params, options).catch(async (thrown: unknown) => {
          if (options?.signal?.aborted || !(await mine.isOver())) throw thrown
          throw failure('unavailable', `${plugin}: its process ended before it answered`)
        })
        check(method, entryMethods[method].result, result)
        return result
      },
      isOver() {
        const open = new Promise<boolean>((resolve) => setImmediate(resolve, false))
        return Promise.race([open, wire.closed.then(() => true)])
      },
    }
    return mine
  }

  scope.defer(async () => {
    const last = now
    now = undefined
    await last?.call('close', {}, { timeoutMs: closeMs }).catch(() => {})
    last?.wire.close()
  }, 'a connection to its process')
  return async (signal) => {
    if (scope.signal.aborted) throw failure('unavailable', `${plugin}: it was unplugged`)
    return signal ? within(current(), signal) : current()
  }
}

/** The answer, or the signal's reason when that comes first. */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  return promise
}
