import { createHash } from 'node:crypto'
import { failure, type EntryPlan, type EntryReport, type ToolSpec } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { AgentHost } from '../agents/agent.ts'
import type { AgentLink } from './parts.ts'

/** The agent process with its entries loaded: what runs talk to. */
export interface Runtime extends AgentLink {
  readonly tools: ReadonlyMap<string, ToolSpec>
  readonly toolsDigest: string
  readonly providers: readonly string[]
  /** Called by the process's owner whenever a fresh process is up. */
  up(): void
  /** Called when the process died: calls wait for the next one. */
  lost(): void
  /** Called when it was given up: who waits for it is told why. */
  down(reason: string): void
  /** Hands it the entries again: plugins or their configuration changed. */
  reload(): Promise<void>
  /** The tools of the process changed while it ran. */
  changed(tools: readonly ToolSpec[]): void
}

/** What makes no sense to wait for: a process that is not there holds nothing to stop or forget. */
const anytime: ReadonlySet<string> = new Set(['run.abort', 'session.forget'])

/** Calls wait until the entries are loaded, so that nothing is asked of a process that has no tools yet. */
export function openRuntime(parts: {
  host: Pick<AgentHost, 'call' | 'start' | 'state'>
  /** Names of environment variables that hold something. */
  env: readonly string[]
  entries(): Promise<readonly EntryPlan[]>
  reported(reports: readonly EntryReport[]): void
  log: Log
}): Runtime {
  let tools = new Map<string, ToolSpec>()
  let digest = ''
  let providers: readonly string[] = []
  let gate = openGate()
  let loading: Promise<void> | undefined

  function learn(specs: readonly ToolSpec[]) {
    tools = new Map(specs.map((spec) => [spec.name, spec]))
    digest = createHash('sha256').update(JSON.stringify(specs)).digest('hex').slice(0, 16)
  }

  async function load() {
    const answer = await parts.host.call('load', { entries: [...(await parts.entries())], env: [...parts.env] })
    learn(answer.tools)
    providers = answer.providers
    parts.reported(answer.entries)
    gate.open()
  }

  /** One load at a time; who asks meanwhile gets one more after it. */
  function reload(): Promise<void> {
    const next = (loading ?? Promise.resolve()).catch(() => {}).then(load)
    const over = next
      .catch(() => {})
      .finally(() => {
        if (loading === over) loading = undefined
      })
    loading = over
    return next
  }

  async function ready(): Promise<void> {
    parts.host.start()
    const { state, reason } = parts.host.state
    if (state === 'parked')
      throw failure(
        'unavailable',
        `the agent process is parked: ${reason ?? 'it died too often'}; see \`openclaw doctor\`, then \`openclaw gateway restart\``,
      )
    await gate.passed
  }

  return {
    get tools() {
      return tools
    },
    get toolsDigest() {
      return digest
    },
    get providers() {
      return providers
    },
    up() {
      if (gate.isOpen) gate = openGate()
      reload().catch((error: unknown) =>
        parts.log.error('the agent process could not load its plugins', { error: String(error) }),
      )
    },
    lost() {
      if (gate.isOpen) gate = openGate()
    },
    down(reason) {
      gate.refuse(failure('unavailable', `the agent process is down: ${reason}`))
      gate = openGate()
    },
    reload,
    changed: learn,
    ready,
    async call(method, params, signal) {
      if (!anytime.has(method)) await ready()
      return parts.host.call(method, params, signal)
    },
  }
}

/** Where calls wait until the entries of a fresh process are loaded. */
function openGate() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {})
  let isOpen = false
  return {
    passed: promise,
    get isOpen() {
      return isOpen
    },
    open() {
      isOpen = true
      resolve()
    },
    refuse: reject,
  }
}
