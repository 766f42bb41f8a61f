import { link, linkedPair, type Transport, type Wire } from '@openclaw/client'
import {
  failure,
  type AgentEvents,
  type AgentMethods,
  type AnyLine,
  type GatewayForAgentMethods,
  type Line,
  type LineDraft,
  type Params,
  type Result,
  type RunRequest,
  type RunResult,
} from '@openclaw/protocol'
import { defineTools, type Tool } from '@openclaw/sdk'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Static } from 'typebox'
import Type from 'typebox'
import type { Scripted } from '@openclaw/testing'
import { createAgent, type AgentOptions } from '../src/index.ts'

type Calls = GatewayForAgentMethods
type AgentWire = Wire<{ calls: AgentMethods; serves: GatewayForAgentMethods; hears: AgentEvents }>
export type Notice = { [E in keyof AgentEvents]: { event: E; payload: Static<AgentEvents[E]> } }[keyof AgentEvents]

/** A gateway's side with its journals in memory: real frames, real folding, no disk. */
export interface TestGateway extends AsyncDisposable {
  readonly wire: AgentWire
  readonly folder: string
  readonly notices: Notice[]
  readonly commits: LineDraft[][]
  /** After which sequence lines were pulled, oldest pull first. */
  readonly pulls: number[]
  /** Asked before a call is allowed; throw or deny here. */
  begin: (params: Params<Calls['tool.begin']>) => Result<Calls['tool.begin']> | Promise<Result<Calls['tool.begin']>>
  end: (params: Params<Calls['tool.end']>) => Result<Calls['tool.end']> | Promise<Result<Calls['tool.end']>>
  call: (params: Params<Calls['gateway.call']>) => unknown
  /** Called before lines become durable; throw to refuse them. */
  disk: () => void | Promise<void>
  journal(session: string): AnyLine[]
  append(session: string, ...drafts: LineDraft[]): Line[]
  /** Accepts a message: a user line in the journal. */
  accept(
    session: string,
    text: string,
    more?: Partial<Line<'user'>['body']> & { origin?: Line['origin']; role?: Line['role'] },
  ): Line<'user'>
  request(session: string, takes: readonly string[], more?: Partial<RunRequest>): RunRequest
  /** Runs and settles: what comes back becomes durable, as the kernel does it. */
  run(request: RunRequest): Promise<RunResult>
  /** Accepts, runs, settles. */
  ask(session: string, text: string, more?: Partial<RunRequest>): Promise<RunResult>
  /** Resolves with the next notice that fits. */
  heard(event: Notice['event'], fits?: (payload: never) => boolean): Promise<Notice>
}

export const limits = { modelCalls: 50, wallMs: 60_000, tokens: 0, costUsd: 0, repeats: 5 }
let nextId = 0

/** Connects to an agent over a transport. */
export async function connectGateway(transport: Transport, models: readonly string[]): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-agent-'))
  const journals = new Map<string, AnyLine[]>()
  const running = new Map<string, string>()
  const notices: Notice[] = []
  const waiting: { event: string; fits: (payload: never) => boolean; resolve(notice: Notice): void }[] = []
  const commits: LineDraft[][] = []
  const pulls: number[] = []
  const journal = (session: string) => {
    let lines = journals.get(session)
    if (!lines) journals.set(session, (lines = []))
    return lines
  }
  const append = (session: string, ...drafts: LineDraft[]) => {
    const lines = journal(session)
    return drafts.map((draft) => {
      const line = {
        v: 1,
        id: `l${++nextId}`,
        seq: (lines.at(-1)?.seq ?? 0) + 1,
        at: 1_700_000_000_000 + nextId,
        ...structuredClone(draft),
      } as Line
      lines.push(line)
      return line
    })
  }
  const sessionOf = (run: string) => {
    const session = running.get(run)
    if (session === undefined) throw failure('conflict', `run ${run} is over`)
    return session
  }
  const gateway: Omit<TestGateway, 'wire'> & { wire?: AgentWire } = {
    folder,
    notices,
    commits,
    pulls,
    begin: () => ({ verdict: 'allow' }),
    end: ({ content, failed }) => ({ content, failed }),
    call: () => ({}),
    disk: () => {},
    journal,
    append,
    accept(session, text, { origin, role = 'owner', ...body } = {}) {
      return append(session, {
        kind: 'user',
        body: { text, ...body },
        role,
        ...(origin ? { origin } : {}),
      })[0] as Line<'user'>
    },
    request(session, takes, more = {}) {
      const run = more.run ?? `run${++nextId}`
      return {
        run,
        session,
        agent: 'main',
        seq: journal(session).at(-1)?.seq ?? 0,
        begin: {
          kind: 'run',
          body: {
            run,
            takes: [...takes],
            agent: 'main',
            model: models[0]!,
            config: '',
            tools: '',
            plugins: {},
            seed: run,
          },
        },
        models: [...models],
        role: 'owner',
        local: true,
        tools: [],
        workspace: { root: join(folder, 'workspace'), media: join(folder, 'media') },
        limits,
        ...more,
      }
    },
    async run(request) {
      running.set(request.run, request.session)
      try {
        const result = await wire.call('run.start', request)
        append(request.session, ...(result.lines as LineDraft[]))
        if (result.outcome === 'failed' || result.outcome === 'aborted')
          append(request.session, {
            kind: 'end',
            body: { run: request.run, outcome: result.outcome, ...(result.failure ? { failure: result.failure } : {}) },
          })
        return result
      } finally {
        running.delete(request.run)
      }
    },
    ask(session, text, more) {
      const { id } = this.accept(session, text)
      return this.run(this.request(session, [id], more))
    },
    heard(event, fits = () => true) {
      const past = notices.find((notice) => notice.event === event && fits(notice.payload as never))
      if (past) return Promise.resolve(past)
      const { promise, resolve } = Promise.withResolvers<Notice>()
      waiting.push({ event, fits, resolve })
      return promise
    },
    async [Symbol.asyncDispose]() {
      wire.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  const wire = link<{ calls: AgentMethods; serves: GatewayForAgentMethods; hears: AgentEvents }>(transport, {
    handlers: {
      'session.lines': ({ session, after, upto = Infinity }) => {
        pulls.push(after)
        const lines = journal(session)
        const checkpoint = lines.findLast((line) => line.kind === 'checkpoint') as Line<'checkpoint'> | undefined
        const first = checkpoint ? (lines.find(({ id }) => id === checkpoint.body.keep?.id)?.seq ?? checkpoint.seq) : 1
        return { lines: lines.filter(({ seq }) => seq > after && seq <= upto && seq >= first), first } as Result<
          Calls['session.lines']
        >
      },
      'step.commit': async ({ run, lines }) => {
        const session = sessionOf(run)
        await gateway.disk()
        commits.push(structuredClone(lines as LineDraft[]))
        return { seq: append(session, ...(lines as LineDraft[])).at(-1)!.seq }
      },
      'session.checkpoint': ({ run, summary, keep, orders }) => {
        const totals = { lines: 0, usage: { input: 0, cached: 0, output: 0 } }
        const place = keep === undefined ? {} : { keep: { id: keep, offset: 0 } }
        const [line] = append(sessionOf(run), {
          kind: 'checkpoint',
          body: { reason: 'compaction', summary, ...place, settings: {}, notes: [], orders, totals },
        })
        return { seq: line!.seq }
      },
      'tool.begin': async (params) => {
        const verdict = await gateway.begin(params)
        const session = sessionOf(params.run)
        if (verdict.verdict === 'allow' && params.effect !== 'read')
          append(session, {
            kind: 'intent',
            body: { run: params.run, call: params.call, tool: params.tool, input: 'digest' },
          })
        return verdict
      },
      'tool.end': (params) => gateway.end(params),
      'gateway.call': (params) => gateway.call(params),
      'plugin.reach': () => Promise.reject(failure('forbidden', 'nothing is isolated here')),
      'plugin.end': () => ({}),
    },
    onNotification: (event, payload) => {
      const notice = { event, payload } as Notice
      notices.push(notice)
      for (const one of waiting.splice(0)) {
        if (one.event === event && one.fits(payload as never)) one.resolve(notice)
        else waiting.push(one)
      }
    },
  })
  return Object.assign(gateway, { wire })
}

/** A scripted model, and the configuration that its provider is connected with. */
export type Configured = Pick<Scripted, 'provider' | 'load' | 'model'> & { readonly config?: object }

/** An agent in this process with scripted models and some tools, and its gateway's side. */
export async function startAgent(
  scripts: readonly Configured[],
  tools: readonly Tool[] = [],
  options: Partial<AgentOptions> = {},
): Promise<TestGateway> {
  const [near, far] = linkedPair()
  const entry = defineTools({ config: Type.Object({}), setup: ({ register }) => void register(...tools) })
  const bundled = {
    'test/tool': async () => ({ default: entry }),
    ...Object.fromEntries(scripts.map((scripted) => [`${scripted.provider.id}/provider`, scripted.load])),
  }
  const agent = createAgent({ transport: far, bundled, ...options })
  const gateway = await connectGateway(
    near,
    scripts.map(({ model }) => model),
  )
  const plan = { config: {}, methods: [], state: join(gateway.folder, 'state') }
  const { entries } = await gateway.wire.call('load', {
    entries: [
      { ...plan, plugin: 'test', hook: 'tool', module: 'bundled:test/tool' },
      ...scripts.map(({ provider: { id }, config = {} }) => ({
        ...plan,
        config,
        plugin: id,
        hook: 'provider' as const,
        module: `bundled:${id}/provider`,
      })),
    ],
  })
  const parked = entries.find(({ state }) => state === 'parked')
  if (parked) throw new Error(`${parked.plugin}: ${parked.reason}`)
  const dispose = gateway[Symbol.asyncDispose].bind(gateway)
  return Object.assign(gateway, {
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await dispose()
    },
  })
}
