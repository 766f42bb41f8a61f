import type { Params, Result } from '@openclaw/protocol'
import type { Job, Output, ToolCall, Workspace } from '@openclaw/sdk'
import { borrowStream, fromBase64 } from '@openclaw/sdk/host'
import type { AgentForEntryMethods, EntryMethods } from '@openclaw/sdk/isolation'
import type { EntryParts } from './agent.ts'

type About = Omit<Params<EntryMethods['tool.run']>, 'name' | 'input'>
type OfCall = {
  [M in keyof AgentForEntryMethods]: Params<AgentForEntryMethods[M]> extends { call: number } ? M : never
}[keyof AgentForEntryMethods]
type Ask = <M extends OfCall>(
  method: M,
  params: Omit<Params<AgentForEntryMethods[M]>, 'call'>,
) => Promise<Result<AgentForEntryMethods[M]>>

/** One call as the tool in this process sees it: what it has is asked of the agent. */
export function makeCall(parts: EntryParts, { call, root, writable, ...about }: About, signal: AbortSignal): ToolCall {
  const { wire, streams } = parts
  const ask: Ask = (method, params) => wire().call(method, { call, ...params } as never) as Promise<never>
  const lend = (bytes: Uint8Array) => streams.lend(new Blob([new Uint8Array(bytes)]).stream())
  const lender = {
    read: (stream: number) => wire().call('stream.read', { stream }),
    cancel: (stream: number) => wire().call('stream.cancel', { stream }),
  }
  return {
    ...about,
    signal,
    gateway: {
      call: async (method, params) =>
        (await ask('call.gateway', { method, ...(params ? { params: { ...params } } : {}) })).result,
    },
    progress: (content) => void wire().notify('call.progress', { call, content: [...content] }),
    attach: async (bytes, mime, name) =>
      ask('call.attach', { stream: await lend(bytes), mime, ...(name === undefined ? {} : { name }) }),
    workspace: {
      root,
      writable,
      exec: (argv, options) => runCommand(ask, argv, options),
      async start(argv, options) {
        return jobOf(ask, (await ask('job.start', { argv: [...argv], ...options })).job)
      },
      job: async (id) => ((await ask('job.find', { job: id })).there ? jobOf(ask, id) : undefined),
      jobs: async () => (await ask('job.list', {})).jobs,
      async read(path, range) {
        const { stream } = await ask('workspace.read', { path, ...(range ? { range } : {}) })
        return new Uint8Array(await new Response(borrowStream(stream, lender)).arrayBuffer())
      },
      write: async (path, bytes) => void (await ask('workspace.write', { path, stream: await lend(bytes) })),
      remove: async (path) => void (await ask('workspace.remove', { path })),
      move: async (from, to) => void (await ask('workspace.move', { from, to })),
      list: async (path) => (await ask('workspace.list', { path })).files,
      stat: async (path) => (await ask('workspace.stat', { path })).file,
    },
  }
}

/** A command that the agent runs. It is read piece by piece, as fast as the tool takes them. */
async function* runCommand(
  ask: Ask,
  argv: readonly string[],
  { signal, cwd, stdin, timeoutMs }: Parameters<Workspace['exec']>[1],
): AsyncGenerator<Output, void, undefined> {
  const { command } = await ask('command.begin', {
    argv: [...argv],
    timeoutMs,
    ...(cwd === undefined ? {} : { cwd }),
    ...(stdin === undefined ? {} : { stdin }),
  })
  const abort = () => void ask('command.abort', { command }).catch(() => {})
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    for (;;) {
      const { output } = await ask('command.next', { command })
      if (!output) return
      yield 'exit' in output ? output : { stream: output.stream, bytes: fromBase64(output.bytes) }
    }
  } finally {
    signal.removeEventListener('abort', abort)
    void ask('command.leave', { command }).catch(() => {})
  }
}

function jobOf(ask: Ask, job: string): Job {
  return {
    id: job,
    read: () => ask('job.read', { job }),
    write: async (text) => void (await ask('job.write', { job, text })),
    kill: async () => void (await ask('job.kill', { job })),
  }
}
