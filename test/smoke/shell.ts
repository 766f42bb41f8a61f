import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, sep } from 'node:path'

export const root = dirname(dirname(import.meta.dirname))

export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program to its end and resolves whatever its exit code is. */
export function run(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const result: Result = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (data: Buffer) => (result.stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (result.stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...result, code }))
  })
}

/** Ends a process that leads a group, and everything it started. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise((resolve) => child.once('close', resolve))
  process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}

/** The path as it was before the scripts put what they brought in front. */
export function systemPath(): string {
  const inside = (folder: string) => folder.startsWith(root + sep)
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !inside(folder))
    .join(delimiter)
}

/** An environment with nothing of ours, of npm's or of vitest's in it. */
export function cleanEnv(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = [
    'LANG',
    'TERM',
    'TMPDIR',
    'SystemRoot',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'http_proxy',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
  ]
  return {
    ...Object.fromEntries(
      kept.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
    ),
    ...extra,
  }
}

/** A new folder that is removed when the test file ends. */
export async function temporary(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-smoke-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
