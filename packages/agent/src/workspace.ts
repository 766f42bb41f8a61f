import { mkdir } from 'node:fs/promises'
import { posix } from 'node:path'
import { failure, type WorkspacePlan } from '@openclaw/protocol'
import type { Output, Workspace } from '@openclaw/sdk'
import { endChild, startChild, sweep, type ChildProcess } from './children.ts'
import { follow, type ExecLimits } from './exec.ts'
import { inside, openFiles } from './files.ts'
import { openJobs, type Jobs } from './jobs.ts'
import { openSandboxFiles } from './sandbox.ts'

/** One call's workspace, as its owner sees it. */
export interface CallWorkspace extends Workspace {
  /** Ends what the call started and did not wait for. */
  close(): Promise<void>
}

/** The workspace of one run. Disposing it ends all of the run's children, also those that left their group. */
export interface RunWorkspace extends AsyncDisposable {
  forCall(signal: AbortSignal): CallWorkspace
}

/** Workspaces of one agent instance, and the background jobs of its sessions. */
export interface Workspaces extends AsyncDisposable {
  open(run: { readonly run: string; readonly session: string; readonly plan: WorkspacePlan }): RunWorkspace
  /** Ends the jobs of a session. */
  forget(session: string): Promise<void>
}

/** Longest time that one file operation inside a sandbox may take. */
const sandboxFileMs = 30_000
/** Several agents may live in one process; each sweeps only what is its own. */
let instances = 0

/** A command as the sandbox's prefix runs it, in a folder of the sandbox. */
const prefixed = (argv: readonly string[], cwd: string, prefix: readonly string[]) => [
  ...prefix,
  'sh',
  '-c',
  'cd -- "$0" && exec "$@"',
  cwd,
  ...argv,
]

const refuse = () =>
  Promise.reject(failure('forbidden', 'nothing may be changed or run in this session; it needs a sandbox for that'))
/** A workspace in which a tool that says less of itself than it does can do no more than it says. */
const refusing = {
  writable: false,
  write: refuse,
  remove: refuse,
  move: refuse,
  start: refuse,
  exec: (): AsyncIterable<Output> => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
}

/** Opens the workspaces of one agent instance. */
export function openWorkspaces(): Workspaces {
  const jobs = new Map<string, Jobs>()
  const instance = `${++instances}/`
  let nextJob = 0
  let started = false
  const jobsOf = (session: string) => {
    let mine = jobs.get(session)
    if (!mine) jobs.set(session, (mine = openJobs()))
    return mine
  }

  return {
    open({ run, session, plan }) {
      const { sandbox } = plan
      const root = sandbox?.root ?? plan.root
      const children = new Set<ChildProcess>()
      const owner = `${instance}run:${run};`
      let used = false

      const local = sandbox ? undefined : openFiles(plan.root)
      /** Starts a command where the session works. */
      async function begin(argv: readonly string[], cwd: string, mark: string): Promise<ChildProcess> {
        if (argv.length === 0) throw failure('invalid_params', 'a command needs a program; give at least one word')
        started = true
        if (sandbox) return startChild(prefixed(argv, posix.join(root, inside(root, cwd)), sandbox.argv), '/', mark)
        await mkdir(root, { recursive: true, mode: 0o700 })
        const folder = await local!.stat(cwd)
        if (folder?.kind !== 'folder') throw failure('not_found', `there is no folder ${cwd} in the workspace`)
        return startChild(argv, `${root}/${inside(root, cwd)}`, mark)
      }

      function forCall(callSignal: AbortSignal): CallWorkspace {
        const mine = new Set<ChildProcess>()
        async function* exec(
          argv: readonly string[],
          cwd: string,
          limits: ExecLimits,
        ): AsyncGenerator<Output, void, undefined> {
          const signal = AbortSignal.any([limits.signal, callSignal])
          if (signal.aborted) throw failure('aborted', 'the command was not started: the call is over')
          used = true
          const child = await begin(argv, cwd, owner)
          mine.add(child)
          children.add(child)
          child.once('exit', () => {
            mine.delete(child)
            children.delete(child)
          })
          yield* follow(child, { ...limits, signal })
        }
        const files =
          local ??
          openSandboxFiles(root, (argv, stdin) =>
            exec(argv, '', { timeoutMs: sandboxFileMs, signal: callSignal, ...(stdin ? { stdin } : {}) }),
          )
        if (plan.readonly)
          return {
            ...files,
            ...refusing,
            root,
            job: async () => undefined,
            jobs: async () => [],
            close: async () => {},
          }
        return {
          ...files,
          root,
          writable: true,
          exec: (argv, { cwd = '', ...limits }) => exec(argv, cwd, limits),
          async start(argv, { cwd = '' }) {
            const held = jobsOf(session)
            held.admit()
            const mark = `${instance}job:${++nextJob};`
            return held.add(await begin(argv, cwd, mark), argv.join(' '), mark)
          },
          job: async (id) => jobs.get(session)?.get(id),
          jobs: async () => jobs.get(session)?.list() ?? [],
          async close() {
            await Promise.all([...mine].map(endChild))
          },
        }
      }
      return {
        forCall,
        async [Symbol.asyncDispose]() {
          await Promise.all([...children].map(endChild))
          // What left its group has the mark still. The answer does not wait for the look.
          if (used) void sweep(owner)
        },
      }
    },
    async forget(session) {
      const mine = jobs.get(session)
      jobs.delete(session)
      await mine?.[Symbol.asyncDispose]()
    },
    async [Symbol.asyncDispose]() {
      const all = [...jobs.values()]
      jobs.clear()
      await Promise.all(all.map((mine) => mine[Symbol.asyncDispose]()))
      if (started) await sweep(instance)
    },
  }
}
