import { stdioTransport } from '@openclaw/client/node'
import type { Transport } from '@openclaw/client'
import type { Log } from '@openclaw/sdk'
import type { Child, Platform } from '../platform.ts'
import { agentEnvironment } from './environment.ts'

/** Keeps the young heap small: 160 instead of 270 MB under load, and less when idle. */
const memoryFlags = ['--max-semi-space-size=2', '--no-warnings']

/** Longest line of a child's stderr that goes to the log. */
const maxLine = 2000

/** Whether `setpriv` of util-linux is there, which lets the kernel end a child with its parent. Asked once a process. */
export async function findPrefix(platform: Platform): Promise<readonly string[]> {
  if (process.platform !== 'linux') return []
  const prefix = ['setpriv', '--pdeathsig', 'KILL']
  try {
    const child = platform.processes.spawn([...prefix, 'true'], { env: agentEnvironment(platform.env, 'probe') })
    child.stdout.resume()
    child.stderr.resume()
    return (await child.exited).code === 0 ? prefix : []
  } catch {
    return []
  }
}

/** Starts an agent process; what it prints to stderr goes to the log, line by line. */
export function spawnAgent(
  program: readonly string[],
  prefix: readonly string[],
  mark: string,
  platform: Platform,
  log: Log,
): { readonly child: Child; readonly transport: Transport } {
  const [node, ...rest] = program
  const child = platform.processes.spawn([...prefix, node!, ...memoryFlags, ...rest], {
    env: agentEnvironment(platform.env, mark),
  })
  let begun = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    const lines = (begun + text).split('\n')
    begun = lines.pop()!.slice(0, maxLine)
    for (const line of lines) if (line.trim()) log.warn(`agent process: ${line.slice(0, maxLine)}`)
  })
  return { child, transport: stdioTransport(child.stdout, child.stdin) }
}
