import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { delimiter, isAbsolute } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '@openclaw/protocol'
import { markName, sweeper } from '@openclaw/sdk/host'

/** A child with a process group of its own, and three pipes. */
export type ChildProcess = ChildProcessByStdio<Writable, Readable, Readable>

/** What a child may see of the environment: never a key, never what a foreign `.env` brought in. */
const allowed =
  /^(PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TERM|TMPDIR|TEMP|TMP|TZ|USER|LOGNAME|USERNAME|SHELL|SYSTEMROOT|COMSPEC|PATHEXT|WINDIR|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH)$/i

/** The mark of this agent process; the gateway gives it, so that it can sweep after a dead agent. */
export const agentMark = process.env['OPENCLAW_AGENT'] ?? `pid${process.pid}`

/** The folders of a PATH that say where they are: the others are wherever a command happens to be started. */
const absolute = (path: string) => path.split(delimiter).filter(isAbsolute).join(delimiter)

function cleanEnv(owner: string): Record<string, string> {
  const env: Record<string, string> = { [markName]: `${agentMark}:${owner}` }
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && allowed.test(name)) env[name] = /^path$/i.test(name) ? absolute(value) : value
  return env
}

/** Starts a program without a shell. Resolves once it runs; throws `not_found` when there is no such program. */
export async function startChild(argv: readonly string[], cwd: string, owner: string): Promise<ChildProcess> {
  const [program, ...rest] = argv
  if (!program) throw failure('invalid_params', 'a command needs a program; give at least one word')
  if (argv.some((word) => word.includes('\0'))) throw failure('invalid_params', 'a command cannot hold NUL characters')
  watchOver()
  const child = spawn(program, rest, {
    cwd,
    env: cleanEnv(owner),
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  child.stdin.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (thrown: NodeJS.ErrnoException) => {
      const missing = thrown.code === 'ENOENT'
      reject(
        failure(
          missing ? 'not_found' : 'unavailable',
          missing
            ? `${program}: there is no such program, or no folder ${cwd}`
            : `${program} could not be started: ${thrown.message}`,
        ),
      )
    })
  })
  child.on('error', () => {})
  return child
}

/** Sends a signal to a child's whole group; nothing happens when it is gone. */
export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // Every process of the group has ended.
  }
}

/** Ends a child with its group: a word of warning, then by force. Resolves when the child itself is gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  const gone = hasEnded(child) ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (!hasEnded(child)) {
    signalGroup(child, 'SIGTERM')
    await Promise.race([gone, sleep(300, undefined, { ref: false })])
  }
  signalGroup(child, 'SIGKILL')
  await gone
  child.stdout.destroy()
  child.stderr.destroy()
}

/** True once the child's exit was seen. */
export const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** Processes whose mark begins with `prefix`. Only Linux shows the environment of other processes. */
async function marked(prefix: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const wanted = `${markName}=${prefix}`
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return environ.split('\0').some((entry) => entry.startsWith(wanted)) ? [Number(pid)] : []
    }),
  )
  return found.flat().filter((pid) => pid !== process.pid)
}

/** Kills what carries the mark of an owner of this agent, until a look finds nothing, also what is forking meanwhile. */
export async function sweep(owner: string): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const pids = await marked(`${agentMark}:${owner}`)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended between the look and the kill.
      }
    }
    await sleep(20)
  }
}

let guard: ChildProcess | undefined

/**
 * A small shell that waits for this process to end, however it ends, and then kills what carries its mark: an agent
 * that got SIGKILL can no longer do it itself. Started with the first child.
 */
function watchOver(): void {
  if (guard || process.platform !== 'linux') return
  const { argv, env } = sweeper(agentMark)
  guard = spawn(argv[0]!, argv.slice(1), {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  guard.on('error', () => {})
  guard.unref()
  for (const pipe of [guard.stdin, guard.stdout, guard.stderr] as unknown as {
    unref?(): void
    on(event: 'error', listen: () => void): void
  }[]) {
    pipe.unref?.()
    pipe.on('error', () => {})
  }
}
