import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Outbound } from '@openclaw/protocol'
import { callTool, fakeChannel, say, scriptedProvider, providerPlugin, wait } from '@openclaw/testing'
import { createAgent } from '../../../agent/src/index.ts'
import { createKernel } from '../../src/kernel.ts'
import { realPlatform } from '../../src/platform/real.ts'
import type { PluginProgram } from '../../src/isolation/life.ts'
import type { BundledPlugin } from '../../src/plugins/host.ts'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))

/** The tests' own process of a plugin, from source. */
export const program: PluginProgram = {
  argv: [process.execPath, fileURLToPath(new URL('./child.ts', import.meta.url))],
  reads: [repository],
}

let asked = 0

const fixture = (id: string, hooks: object, more: object = {}): BundledPlugin => ({
  package: { name: `@openclaw/${id}`, version: '1.0.0', openclaw: { id, label: id, api: 1, hooks, ...more } },
  load: {},
})
export const line = fixture('line', { channel: './channel' }, { config: './config' })
const served = { permissions: { methods: ['status'], public: true } }
export const desk = fixture('desk', { gateway: './gateway' }, served)
export const shop = fixture(
  'shop',
  { tool: './tool', provider: './provider' },
  { config: './config', permissions: { methods: ['status'], run: ['processes'] } },
)
export const guard = fixture('guard', { gateway: './gateway' }, served)

/** A platform that speaks JSON lines over TCP, as a test sees it. */
export async function openPlatform() {
  const lines: Socket[] = []
  const said: Record<string, unknown>[] = []
  let tick = Promise.withResolvers<void>()
  let count = 0
  let silent = false
  const server = createServer((socket) => {
    lines.push(socket)
    socket.on('error', () => {})
    socket.once('close', () => lines.splice(lines.indexOf(socket), 1))
    const heard = createInterface(socket)
    // It passes on what its socket says, such as that the other side died.
    heard.on('error', () => {})
    heard.on('line', (text) => {
      const one = JSON.parse(text) as Record<string, unknown>
      said.push(one)
      if (one['kind'] === 'send' && !silent)
        tell({ kind: 'receipt', key: (one['message'] as Outbound).idempotencyKey, message: `p${++count}` })
      tick.resolve()
      tick = Promise.withResolvers()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const tell = (value: object) => lines.at(-1)?.write(`${JSON.stringify(value)}\n`)
  const hear = async (fits: (one: Record<string, unknown>) => boolean, from = 0) => {
    for (;;) {
      const found = said.slice(from).find(fits)
      if (found) return found
      await tick.promise
    }
  }
  return {
    port: (server.address() as { port: number }).port,
    said,
    hear,
    lines,
    tell,
    set silent(on: boolean) {
      silent = on
    },
    /** Somebody writes; resolves once the channel says that it is durable. */
    async says(text: string, more: object = {}) {
      const event = `e${++count}`
      const from = said.length
      tell({
        kind: 'event',
        event: {
          event,
          message: event,
          kind: 'message',
          peer: { kind: 'direct', id: 'u1' },
          sender: { id: 'u1' },
          text,
          atMs: Date.now(),
          ...more,
        },
      })
      await hear((one) => one['kind'] === 'ack' && one['event'] === event, from)
    },
    /** The next call of a hook point goes wrong. */
    async arm(hook: string, fault: string) {
      const from = said.length
      tell({ kind: 'fault', hook, fault })
      await hear((one) => one['kind'] === 'armed', from)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of lines) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const textOf = (content: readonly object[]) =>
  content.flatMap((part) => ('text' in part ? [String(part.text)] : [])).join('\n')

/** A real kernel in this process, with one plugin in a process of its own and a channel beside it. */
export async function openHouse(plugins: readonly BundledPlugin[], config: object = {}, listen = false) {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-isolation-'))
  const other = fakeChannel({ id: 'other', now: Date.now })
  const model = scriptedProvider(({ turns }) => {
    const done = turns.at(-1)
    if (done?.role === 'tool') return say(`it said: ${done.content.map((part) => 'text' in part && part.text).join()}`)
    const last = turns.findLast(({ role }) => role === 'user')
    const heard = JSON.stringify(last?.content)
    const [, tool, input] = /use (\w+) (.*)/.exec(textOf(last?.content ?? [])) ?? []
    if (tool !== undefined) return callTool(tool, JSON.parse(input!))
    const answer = say(`heard: ${heard}`)
    // A preview is looked for and sent after a moment, and edited after another one.
    if (heard.includes('grow slowly'))
      return [say('This answer grows, as long ones do, '), wait(3200), say('and grows, '), wait(1200), say('and ends.')]
    // Typing is shown for an answer that takes a moment.
    return heard.includes('take your time') ? [wait(600), answer] : answer
  })
  const { plugins: rules = {}, channels = {}, ...rest } = config as Record<string, object>
  const ids = plugins.map((one) => (one.package.openclaw as { id: string }).id)
  await writeFile(
    join(home, 'openclaw.json'),
    JSON.stringify({
      ...rest,
      plugins: { ...Object.fromEntries(ids.map((id) => [id, { isolation: 'process' }])), ...rules },
      channels: { other: { dm: { policy: 'open' }, accounts: { default: {} } }, ...channels },
    }),
  )
  const bundled = [providerPlugin(model), other.plugin, ...plugins]
  const logged: string[] = []
  const note = (text: string, fields?: object) => void logged.push(`${text} ${fields ? JSON.stringify(fields) : ''}`)
  const kernel = await createKernel({
    home,
    version: '0.0.0-test',
    platform: realPlatform(),
    bundled,
    isolation: program,
    agent: {
      inProcess: (transport) => createAgent({ transport, bundled: { [`${model.provider.id}/provider`]: model.load } }),
    },
    defaultModel: model.model,
    port: 0,
    listen,
    echo: { debug: note, info: note, warn: note, error: note },
  })
  await kernel.plugged
  await other.connected()
  const row = async (id: string) => {
    const { plugins: rows } = await kernel.call('plugins.list', {})
    return rows.find((one) => one.id === id)!
  }
  return {
    home,
    kernel,
    other,
    logged,
    row,
    /** How often a process of a plugin died so far. */
    deaths: () => logged.filter((text) => text.includes(' died: ')).length,
    /** How often something of a plugin began to hang. */
    hung: () => logged.filter((text) => text.includes('it hangs')).length,
    /** Calls a method of a plugin. */
    ask: <T>(method: string, params: object = {}) =>
      kernel.call(method as 'status', params as never) as Promise<unknown> as Promise<T>,
    /** Says something to an agent as the owner, in a session of its own. */
    async begin(message: string, agent = 'main') {
      const key = `k${++asked}`
      const session = `agent:${agent}:local:default:owner:thread:${key}`
      const { run } = await kernel.call('chat.send', { message, idempotencyKey: key, session })
      return { session, ended: () => kernel.call('agent.wait', { run, timeoutMs: 120_000 }) }
    },
    /** Says something to an agent as the owner; what became of it. */
    async chat(message: string, agent?: string) {
      return (await this.begin(message, agent)).ended()
    },
    /** Lets the model call a tool; what it was told. */
    async use(tool: string, input: object = {}): Promise<string> {
      const { text = '', failure: why } = await this.chat(`use ${tool} ${JSON.stringify(input)}`)
      if (why) throw new Error(why.message)
      return text.replace('it said: ', '')
    },
    /** Says something on the other channel; how long it took until the answer was there. */
    async answeredInMs(): Promise<number> {
      const began = performance.now()
      const count = other.sent.length + 1
      await other.say('are you there')
      await other.waitSent(count)
      return performance.now() - began
    },
    /** Waits until something is true, for what no event tells. */
    async until(look: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    /** Waits until a plugin stands so. */
    async becomes(id: string, state: string) {
      await this.until(async () => (await row(id)).state === state)
    },
    async online(channel: string) {
      for (;;) {
        const { accounts } = await kernel.call('channels.status', {})
        const account = accounts.find((one) => one.channel === channel)
        if (account?.state === 'online') return account
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async [Symbol.asyncDispose]() {
      await kernel.close('the test is over')
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
