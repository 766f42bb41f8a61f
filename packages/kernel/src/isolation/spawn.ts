import { stdioTransport } from '@openclaw/client/node'
import type { Transport } from '@openclaw/client'
import type { Log } from '@openclaw/sdk'
import type { Child, Platform } from '../platform.ts'
import { cleanEnvironment } from './environment.ts'
import { budget, thinLog } from '@openclaw/sdk/host'

/** Longest line of a child's stderr that goes to the log. */
const maxLine = 2000
/** Most bytes that a child may print to stderr within a second before `onFlood` is called. */
const maxBytes = 4 * 1024 * 1024
const windowMs = 1000

/** Whether `setpriv` of util-linux is there, which lets the kernel end a child with its parent. */
export async function findPrefix(platform: Platform): Promise<readonly string[]> {
  if (process.platform !== 'linux') return []
  const prefix = ['setpriv', '--pdeathsig', 'KILL']
  try {
    const child = platform.processes.spawn([...prefix, 'true'], { env: cleanEnvironment(platform.env) })
    child.stdout.resume()
    child.stderr.resume()
    return (await child.exited).code === 0 ? prefix : []
  } catch {
    return []
  }
}

/**
 * Starts a program that speaks frames over its pipes. What it prints to stderr goes to the log, line by line and within
 * bounds; a flood of it is counted, not kept.
 */
export function spawnChild(options: {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  /** How its lines begin in the log. */
  readonly name: string
  readonly platform: Platform
  readonly log: Log
  readonly maxLineBytes?: number
  readonly onFlood?: (why: string) => void
}): { readonly child: Child; readonly transport: Transport } {
  const { argv, env, cwd, name, platform, log, maxLineBytes } = options
  const child = platform.processes.spawn(argv, { env, ...(cwd === undefined ? {} : { cwd }) })
  const spent = budget(platform.clock, windowMs)
  const thin = thinLog(platform.clock)
  let begun = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    if (spent(text.length).size > maxBytes)
      return options.onFlood?.(`it printed more than ${maxBytes / 2 ** 20} MB to stderr within a second`)
    const lines = (begun + text).split('\n')
    begun = lines.pop()!.slice(0, maxLine)
    for (const line of lines) {
      if (!line.trim()) continue
      const how = thin()
      if (how === 'write') log.warn(`${name}: ${line.slice(0, maxLine)}`)
      else if (how === 'last') log.warn(`${name}: it prints so much that the rest of this second is left out`)
    }
  })
  const transport = stdioTransport(child.stdout, child.stdin, maxLineBytes === undefined ? {} : { maxLineBytes })
  return { child, transport }
}
