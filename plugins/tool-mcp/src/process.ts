import { randomUUID } from 'node:crypto'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Log } from '@openclaw/sdk'
import { openGuard } from './guard.ts'

/** How a server is started. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
}

/** A server that is told to end by the end of its input has this long for it. */
const graceMs = 1000
/** Characters of stderr that are kept. */
const keptText = 4000
/** Largest message: files come in base64. */
const maxMessageBytes = 64 * 1024 * 1024

/** What every program may see; never a key, and never what the gateway was started with. */
const common = /^(PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TERM|TMPDIR|TZ|USER|LOGNAME|SHELL)$/

/**
 * Speaks MCP with a process over its stdin and stdout
 * (https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio). The process leads a group of its
 * own, which ends as a whole with the transport and with this process, however that ends. The last of what it prints to
 * stderr is logged at its end.
 */
export function processTransport({ command, args, env, cwd }: Command, log: Log): Transport {
  const buffer = new ReadBuffer({ maxBufferSize: maxMessageBytes })
  const guard = openGuard(randomUUID())
  let child: ChildProcessByStdio<Writable, Readable, Readable> | undefined
  let gone: Promise<unknown> = Promise.resolve()
  let printed = ''
  let closing = false

  function hear(bytes: Buffer) {
    try {
      buffer.append(bytes)
    } catch (thrown) {
      transport.onerror?.(thrown as Error)
      void transport.close()
      return
    }
    for (;;) {
      try {
        const message = buffer.readMessage()
        if (message === null) return
        transport.onmessage?.(message)
      } catch (thrown) {
        // A line that is no message; the next one may be.
        transport.onerror?.(thrown as Error)
      }
    }
  }

  const transport: Transport = {
    async start() {
      const started = spawn(command, args, {
        cwd: cwd ?? homedir(),
        env: { ...commonEnv(), ...env, ...guard.mark },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      child = started
      const exited = Promise.withResolvers<void>()
      gone = exited.promise
      started.once('exit', (code, signal) => {
        log[closing ? 'debug' : 'warn']('it ended', { code, signal, printed })
        exited.resolve()
        guard.end()
        transport.onclose?.()
      })
      started.stdin.on('error', () => {})
      started.stdout.on('data', hear)
      started.stderr.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-keptText)))
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve)
        started.once('error', (thrown) => {
          exited.resolve()
          guard.end()
          reject(thrown)
        })
      })
      guard.watch(started.pid!)
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        if (!child?.stdin.writable) return reject(new Error('it is not running'))
        child.stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()))
      }),
    async close() {
      closing = true
      child?.stdin.end()
      await Promise.race([gone, sleep(graceMs, undefined, { ref: false })])
      // The guard ends what it started, too; this works also where there is no shell to guard it.
      child?.kill('SIGKILL')
      guard.end()
      await gone
      child?.stdout.destroy()
      child?.stderr.destroy()
      buffer.clear()
    },
  }
  return transport
}

function commonEnv(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => common.test(name))
  return Object.fromEntries(names.map((name) => [name, process.env[name]!]))
}
