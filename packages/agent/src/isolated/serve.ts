import type { Serves } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { Job, Output, Store, ToolCall } from '@openclaw/sdk'
import { borrowStream, lendStreams, toBase64 } from '@openclaw/sdk/host'
import { serveStore, type AgentForEntryMethods } from '@openclaw/sdk/isolation'
import type { EntryLife } from './connect.ts'

/** A command of a call, while its output is read. */
interface Command {
  readonly call: number
  readonly output: AsyncIterator<Output>
  readonly control: AbortController
}

/** Most bytes of a file that an entry may write or attach. */
const maxBytes = 64 * 1024 * 1024

/**
 * Serves to an entry in another process what its calls have here: their workspace, their gateway, its store. A call that
 * is over has nothing any more.
 */
export function serveCalls(parts: {
  readonly calls: ReadonlyMap<number, ToolCall>
  readonly store: Store
  life(): EntryLife
}): Serves<AgentForEntryMethods> {
  const { calls, store } = parts
  const streams = lendStreams()
  const commands = new Map<number, Command>()
  let next = 0

  function find(number: number): ToolCall {
    const call = calls.get(number)
    if (!call) throw failure('conflict', 'the call is over')
    return call
  }
  async function jobOf(call: number, id: string): Promise<Job> {
    const job = await find(call).workspace.job(id)
    if (!job) throw failure('not_found', `there is no job ${id} in this session`)
    return job
  }
  function commandOf(call: number, number: number): Command {
    const command = commands.get(number)
    if (command?.call !== call) throw failure('not_found', 'this command is over')
    return command
  }
  function leave(number: number): void {
    const command = commands.get(number)
    commands.delete(number)
    command?.control.abort(failure('aborted', 'nobody reads it any more'))
    void command?.output.return?.().catch(() => {})
  }
  async function takeIn(stream: number): Promise<Uint8Array> {
    const { call } = parts.life()
    const lender = {
      read: (number: number) => call('stream.read', { stream: number }),
      cancel: (number: number) => call('stream.cancel', { stream: number }),
    }
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of borrowStream(stream, lender)) {
      pieces.push(piece)
      size += piece.length
      if (size > maxBytes) throw failure('invalid_params', `a file has at most ${maxBytes / 2 ** 20} MB`)
    }
    return Buffer.concat(pieces)
  }

  return {
    async 'call.gateway'({ call, method, params }) {
      const result = await find(call).gateway.call(method, params)
      return result === undefined ? {} : { result }
    },
    'call.attach': async ({ call, stream, mime, name }) => find(call).attach(await takeIn(stream), mime, name),
    async 'workspace.read'({ call, path, range }) {
      const bytes = await find(call).workspace.read(path, range)
      return { stream: await streams.lend(new Blob([new Uint8Array(bytes)]).stream()) }
    },
    async 'workspace.write'({ call, path, stream }) {
      await find(call).workspace.write(path, await takeIn(stream))
      return {}
    },
    async 'workspace.remove'({ call, path }) {
      await find(call).workspace.remove(path)
      return {}
    },
    async 'workspace.move'({ call, from, to }) {
      await find(call).workspace.move(from, to)
      return {}
    },
    'workspace.list': async ({ call, path }) => ({ files: [...(await find(call).workspace.list(path))] }),
    async 'workspace.stat'({ call, path }) {
      const file = await find(call).workspace.stat(path)
      return file ? { file } : {}
    },
    'command.begin'({ call, argv, ...options }) {
      const { workspace, signal } = find(call)
      const control = new AbortController()
      const output = workspace.exec(argv, { ...options, signal: AbortSignal.any([signal, control.signal]) })
      commands.set(++next, { call, control, output: output[Symbol.asyncIterator]() })
      const command = next
      signal.addEventListener('abort', () => leave(command), { once: true })
      return { command }
    },
    async 'command.next'({ call, command }) {
      const { done, value } = await commandOf(call, command).output.next()
      if (done) return {}
      return { output: 'exit' in value ? value : { stream: value.stream, bytes: toBase64(value.bytes) } }
    },
    'command.abort'({ call, command }) {
      commandOf(call, command).control.abort(failure('aborted', 'the tool stopped it'))
      return {}
    },
    'command.leave'({ command }) {
      leave(command)
      return {}
    },
    'job.start': async ({ call, argv, ...where }) => ({ job: (await find(call).workspace.start(argv, where)).id }),
    'job.find': async ({ call, job }) => ({ there: (await find(call).workspace.job(job)) !== undefined }),
    'job.list': async ({ call }) => ({ jobs: [...(await find(call).workspace.jobs())] }),
    'job.read': async ({ call, job }) => (await jobOf(call, job)).read(),
    async 'job.write'({ call, job, text }) {
      await (await jobOf(call, job)).write(text)
      return {}
    },
    async 'job.kill'({ call, job }) {
      await (await jobOf(call, job)).kill()
      return {}
    },
    ...serveStore(() => store),
    'stream.read': (params) => streams.read(params),
    'stream.cancel': (params) => streams.cancel(params),
  }
}
