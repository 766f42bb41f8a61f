import { spawn } from 'node:child_process'
import { failure } from '@openclaw/protocol'
import type { Child, Processes } from '../platform.ts'

/** Programs of this machine. */
export function realProcesses(): Processes {
  return {
    spawn(argv, { cwd, env }) {
      const [program = '', ...rest] = argv
      const child = spawn(program, rest, {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
      })
      const exited = new Promise<Awaited<Child['exited']>>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal }))
        // Also comes when a signal could not be sent; only a program that never ran has no exit of its own.
        child.on('error', () => child.pid === undefined && resolve({ code: null, signal: null }))
      })
      if (child.pid === undefined) {
        const where = cwd === undefined ? '' : ` in ${cwd}`
        throw failure(
          'not_found',
          `cannot start ${program}${where}: see that the program and the folder exist and may be executed`,
        )
      }
      // Writing to a program that has ended is not an error of ours: `exited` tells of it.
      child.stdin.on('error', () => {})
      return {
        pid: child.pid,
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        exited,
        kill: (signal) => void child.kill(signal),
      }
    },
  }
}
