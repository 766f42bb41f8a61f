import { failure, type Line, type LineDraft, type RunRequest, type RunResult } from '@openclaw/protocol'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hostAgent, type AgentHost, type AgentNotice, type AgentOptions } from '../../src/agents/agent.ts'
import { realPlatform } from '../../src/platform/real.ts'

export const program = [process.execPath, fileURLToPath(new URL('./child.ts', import.meta.url))]
const silent = { debug() {}, info() {}, warn() {}, error() {} }
let nextId = 0

/** A host with one journal in memory, and runs that go on after the agent dies, as the kernel lets them. */
export interface TestHost extends AsyncDisposable {
  readonly host: AgentHost
  readonly folder: string
  readonly journal: Line[]
  readonly notices: AgentNotice[]
  readonly ups: () => number
  readonly lost: string[]
  readonly down: Promise<string>
  readonly logged: string[]
  ready(): Promise<void>
  /** Accepts a message and runs until there is a result, whatever happens to the agent. */
  ask(text: string): Promise<RunResult>
}

/** Starts a host over the test's agent process, or another way of running one. */
export async function startHost(more: Partial<AgentOptions> = {}): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-host-'))
  const journal: Line[] = []
  const notices: AgentNotice[] = []
  const lost: string[] = []
  const logged: string[] = []
  const down = Promise.withResolvers<string>()
  let ups = 0
  let ready = Promise.withResolvers<void>()
  const append = (drafts: readonly LineDraft[]) => {
    for (const draft of drafts)
      journal.push({ v: 1, id: `l${++nextId}`, seq: journal.length + 1, at: nextId, ...draft } as Line)
  }
  const host = hostAgent({
    runs: { program },
    platform: realPlatform(),
    log: { ...silent, warn: (text) => void logged.push(text), error: (text) => void logged.push(text) },
    onEvent: (notice) => void notices.push(notice),
    handlers: () => ({
      'session.lines': ({ after, upto = Infinity }) => ({
        lines: journal.filter(({ seq }) => seq > after && seq <= upto),
        first: 1,
      }),
      'step.commit': ({ lines }) => {
        append(lines as LineDraft[])
        return { seq: journal.length }
      },
      'session.checkpoint': () => ({ seq: journal.length }),
      'tool.begin': ({ run, call, tool, effect }) => {
        if (effect !== 'read') append([{ kind: 'intent', body: { run, call, tool, input: '' } }])
        return { verdict: 'allow' }
      },
      'tool.end': ({ content, failed }) => ({ content, failed }),
      'plugin.reach': () => Promise.reject(failure('forbidden', 'nothing is isolated here')),
      'plugin.end': () => ({}),
      'gateway.call': () => {
        throw failure('forbidden', 'nothing may be called here')
      },
    }),
    onUp() {
      ups++
      const plan = { config: {}, methods: [], state: join(folder, 'state') }
      host
        .call('load', {
          entries: [
            { ...plan, plugin: 'test', hook: 'tool', module: 'bundled:test/tool' },
            { ...plan, plugin: 'scripted', hook: 'provider', module: 'bundled:scripted/provider' },
          ],
        })
        .then(
          () => ready.resolve(),
          () => {},
        )
    },
    onLost(reason) {
      lost.push(reason)
      ready = Promise.withResolvers()
    },
    onDown: down.resolve,
    ...more,
  })
  host.start()
  return {
    host,
    folder,
    journal,
    notices,
    lost,
    logged,
    ups: () => ups,
    down: down.promise,
    ready: () => ready.promise,
    async ask(text) {
      append([{ kind: 'user', body: { text }, role: 'owner' }])
      const run = `run${++nextId}`
      const takes = [journal.at(-1)!.id]
      for (;;) {
        await ready.promise
        const begun = journal.some((line) => line.kind === 'run' && line.body.run === run)
        const request: RunRequest = {
          run,
          session: 's',
          agent: 'main',
          seq: journal.length,
          ...(begun
            ? {}
            : {
                begin: {
                  kind: 'run',
                  body: {
                    run,
                    takes,
                    agent: 'main',
                    model: 'scripted/model',
                    config: '',
                    tools: '',
                    plugins: {},
                    seed: '',
                  },
                },
              }),
          models: ['scripted/model'],
          role: 'owner',
          local: true,
          tools: ['step', 'block', 'exit', 'env', 'print', 'shell'],
          workspace: { root: join(folder, 'workspace'), media: join(folder, 'media') },
          limits: { modelCalls: 0, wallMs: 0, tokens: 0, costUsd: 0, repeats: 0 },
        }
        try {
          const result = await host.call('run.start', request)
          append(result.lines as LineDraft[])
          return result
        } catch (thrown) {
          if ((thrown as { code?: string }).code !== 'unavailable' || ['parked', 'stopped'].includes(host.state.state))
            throw thrown
          // The wire closes a moment before the host tells of it.
          while (host.state.state === 'ready') await sleep(1)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** True while a process is there and not a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const { readFile } = await import('node:fs/promises')
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !/^\d+ \(.*\) Z/.test(stat)
}

/** Waits until something holds; fails after `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`still not so after ${ms} ms: ${holds.toString()}`)
    await sleep(10)
  }
}
