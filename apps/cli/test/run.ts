import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'

/** The program as it runs in a clone: from sources, with the clone's own folders at hand. */
export const sources = join(import.meta.dirname, '..', 'src', 'main.ts')

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams
  /** Everything on stdout so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves once stdout matches; rejects with what was said when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** The same for stderr. */
  untilError(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Written to stdin, which then ends. Left open when absent with `start`. */
  readonly input?: string
  readonly node?: readonly string[]
  readonly program?: string
}

/** Starts the program as a process of its own, with nothing of the test runner's environment. */
export function start(args: readonly string[], options: RunOptions = {}): Started {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env }
  const child = spawn(process.execPath, [...(options.node ?? []), options.program ?? inject('program'), ...args], {
    env,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  })
  let stdout = ''
  let stderr = ''
  const looks = new Set<() => void>()
  const heard = () => {
    for (const look of [...looks]) look()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    heard()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    heard()
  })
  if (options.input !== undefined) child.stdin.end(options.input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), stdout, stderr }))
  })
  const wait = (read: () => string, pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(read())
        if (!match) return
        looks.delete(look)
        resolve(match)
      }
      looks.add(look)
      void ended.then(() => reject(new Error(`ended before ${pattern}\n${stdout}\n${stderr}`)))
      look()
    })
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    until: (pattern) => wait(() => stdout, pattern),
    untilError: (pattern) => wait(() => stderr, pattern),
    ended,
  }
}

/** Runs a command to its end; stdin is empty unless some is given. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return await start(args, { input: '', ...options }).ended
}

/** A folder that is gone with the scope. */
export async function temporary(name = 'openclaw-cli-'): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), name))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Runs a gateway for a home until the scope ends. */
export async function startGateway(
  home: string,
  args: readonly string[] = [],
): Promise<Started & AsyncDisposable & { readonly link: string; readonly address: string }> {
  const gateway = start(['gateway', 'run', '--port', '0', '--home', home, '--json', ...args])
  await gateway.until(/^\}$/m)
  const { link, address } = JSON.parse(gateway.stdout()) as { link: string; address: string }
  return {
    ...gateway,
    link,
    address,
    async [Symbol.asyncDispose]() {
      gateway.child.kill('SIGKILL')
      await gateway.ended
    },
  }
}
