import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Output } from '@openclaw/sdk'
import type { WorkspacePlan } from '@openclaw/protocol'
import { openWorkspaces, type CallWorkspace, type RunWorkspace, type Workspaces } from '../src/index.ts'

export const linux = process.platform === 'linux'
export const never: AbortSignal = new AbortController().signal
export const bytes = (text: string) => Buffer.from(text)

/** A workspace with a secret beside it, for tests of what can be reached and of what is left behind. */
export interface Place extends AsyncDisposable {
  readonly folder: string
  readonly root: string
  readonly plan: WorkspacePlan
  readonly run: RunWorkspace
  readonly workspaces: Workspaces
  call(signal?: AbortSignal): CallWorkspace
}

export async function open(options: { sandbox?: boolean } = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-workspace-'))
  const root = join(folder, 'workspace')
  await mkdir(root)
  await writeFile(join(folder, 'secret'), 'canary')
  const workspaces = openWorkspaces()
  const plan = {
    root,
    media: join(folder, 'media'),
    ...(options.sandbox ? { sandbox: { argv: ['env', 'IN_SANDBOX=1'], root } } : {}),
  }
  const run = workspaces.open({ run: 'r1', session: 's', plan })
  return {
    folder,
    root,
    run,
    workspaces,
    plan,
    call: (signal = never) => run.forCall(signal),
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]()
      await workspaces[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function output(
  exec: AsyncIterable<Output>,
): Promise<{ out: string; err: string; exit: number; signal?: string }> {
  let out = ''
  let err = ''
  for await (const piece of exec) {
    if ('exit' in piece) return { out, err, ...piece }
    const text = Buffer.from(piece.bytes).toString()
    if (piece.stream === 'out') out += text
    else err += text
  }
  throw new Error('no end')
}
export const shell = (
  call: CallWorkspace,
  script: string,
  more: { timeoutMs?: number; signal?: AbortSignal; cwd?: string; stdin?: string } = {},
) => output(call.exec(['sh', '-c', script], { timeoutMs: 10_000, signal: never, ...more }))

async function commands(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim(),
    ),
  )
}
export async function gone(pattern: RegExp, ms = 5000): Promise<void> {
  for (const end = performance.now() + ms; ; await sleep(20)) {
    const left = (await commands()).filter((command) => pattern.test(command))
    if (left.length === 0) return
    if (performance.now() > end) throw new Error(`still there: ${left.join('; ')}`)
  }
}
