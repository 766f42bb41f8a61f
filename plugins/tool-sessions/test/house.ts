import { defineTool, type ModelRequest } from '@openclaw/sdk'
import type { BundledPlugin } from '@openclaw/kernel'
import { isLine, type AnyLine, type MethodResult } from '@openclaw/protocol'
import {
  callTool,
  fakeChannel,
  testKernel,
  toolPlugin,
  type Act,
  type FakeChannel,
  type TestKernel,
  type TestKernelOptions,
} from '@openclaw/testing'
import Type from 'typebox'
import manifest from '../package.json' with { type: 'json' }

export const plugin = {
  package: manifest,
  load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
}

export const channels = { fake: { dm: { policy: 'allowlist', allow: ['ada', 'eve'] }, accounts: { default: {} } } }
/** Ada's session with the main agent. */
export const adas = 'agent:main:fake:default:ada'

/** A house with the tools and a chat. */
export interface House extends AsyncDisposable {
  readonly fake: FakeChannel
  readonly kernel: TestKernel
}

export async function house(
  script: (request: ModelRequest) => Act | readonly Act[],
  options: TestKernelOptions = {},
): Promise<House> {
  const fake = fakeChannel()
  const kernel = await testKernel({
    ...options,
    plugins: [plugin, fake.plugin, ...(options.plugins ?? [])],
    config: { channels, ...options.config },
    script,
  })
  await fake.connected()
  return { fake, kernel, [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose]() }
}

/** Everything that a request shows, as one text. */
export const shown = ({ turns }: ModelRequest) => JSON.stringify(turns)
/** The last turn of it: what the model reacts to. */
export const last = ({ turns }: ModelRequest) => JSON.stringify(turns.at(-1))

/** One call of the model with a spawn for each task. */
export function spawns(...tasks: readonly string[]): readonly Act[] {
  return tasks.map((task) => callTool('sessions_spawn', { task, label: task }))
}

/** All lines of a session. */
export async function linesOf(kernel: TestKernel, session: string) {
  const lines: MethodResult<'chat.history'>['lines'] = []
  for (let more = true; more;) {
    const before = lines[0] ? { before: lines[0].seq } : {}
    const page = await kernel.call('chat.history', { session, limit: 1000, ...before })
    lines.unshift(...page.lines)
    more = page.more
  }
  return lines as (AnyLine & { body: object })[]
}

/** The texts of a session's user lines, oldest first. */
export async function saidTo(kernel: TestKernel, session: string): Promise<readonly string[]> {
  return (await linesOf(kernel, session)).flatMap((line) => (isLine(line, 'user') ? [line.body.text] : []))
}

/** Resolves with the sub-agents of a session once there are so many and none is at work. */
export async function atRest(kernel: TestKernel, session: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const { sessions } = await kernel.call('sessions.list', { below: session, limit: 500 })
    const { running, owed } = await kernel.call('status', {})
    if (sessions.length >= count && running === 0 && owed.accepts + owed.handovers === 0)
      return sessions.map(({ key }) => key)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A tool that waits. */
export function gate(open: Promise<void>): BundledPlugin {
  const tool = defineTool({
    name: 'gate',
    description: 'Waits.',
    input: Type.Object({}),
    effect: 'read',
    async run() {
      await open
      return { content: [{ type: 'text', text: 'opened' }] }
    },
  })
  return toolPlugin('gate', [tool])
}
