import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Output } from '@openclaw/sdk'
import { endChild, hasEnded, signalGroup, type ChildProcess } from './children.ts'

/** What ends a command before its own end. */
export interface ExecLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly stdin?: string | Uint8Array
}

/** After a command's exit, what still holds its pipes has this long to say something. */
const drainMs = 100

/**
 * A command's output as it comes, then its end. Nothing is read ahead but one piece of each stream, so a command that
 * prints without end waits for its reader. Leaving the loop, the signal and the timeout end it with all its children;
 * `signal` of the end is then `abort` or `timeout`, and `exit` 130 or 124.
 */
export async function* follow(
  child: ChildProcess,
  { timeoutMs, signal, stdin }: ExecLimits,
): AsyncGenerator<Output, void, undefined> {
  let why: 'abort' | 'timeout' | undefined
  let wake = () => {}
  const cut = (reason: 'abort' | 'timeout') => {
    why ??= reason
    wake()
  }
  const onAbort = () => cut('abort')
  const timer = setTimeout(cut, Math.min(timeoutMs, 2 ** 31 - 1), 'timeout')
  timer.unref()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) cut('abort')

  const pieces: Output[] = []
  let exited = false
  let open = 2
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const) {
    stream.on('data', (bytes: Buffer) => {
      stream.pause()
      pieces.push({ stream: name, bytes })
      wake()
    })
    stream.once('close', () => {
      open--
      wake()
    })
    stream.on('error', () => {})
  }
  const onExit = () => {
    exited = true
    // Whatever it left in its group ends with it.
    signalGroup(child, 'SIGKILL')
    wake()
    void sleep(drainMs, undefined, { ref: false }).then(() => {
      open = 0
      wake()
    })
  }
  if (hasEnded(child)) onExit()
  else child.once('exit', onExit)
  child.stdin.end(stdin ?? '')

  try {
    while (!why) {
      const piece = pieces.shift()
      if (piece) {
        yield piece
        const { stream } = piece as Extract<Output, { stream: string }>
        if (pieces.length === 0) (stream === 'out' ? child.stdout : child.stderr).resume()
        continue
      }
      if (exited && open <= 0) break
      await new Promise<void>((resolve) => {
        wake = resolve
        if (!child.stdout.destroyed && child.stdout.isPaused()) child.stdout.resume()
        if (!child.stderr.destroyed && child.stderr.isPaused()) child.stderr.resume()
      })
    }
    if (why) {
      await endChild(child)
      yield { exit: why === 'timeout' ? 124 : 130, signal: why }
      return
    }
    const ended = child.signalCode
    yield ended ? { exit: 128 + (constants.signals[ended] ?? 0), signal: ended } : { exit: child.exitCode ?? 0 }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    void endChild(child)
  }
}

/** Collects a short command's output; more than `maxBytes` ends it. */
export async function collect(
  output: AsyncIterable<Output>,
  maxBytes: number,
): Promise<{ readonly out: Buffer; readonly err: string; readonly exit: number; readonly cut: boolean }> {
  const out: Uint8Array[] = []
  let err = ''
  let bytes = 0
  for await (const piece of output) {
    if ('exit' in piece) return { out: Buffer.concat(out), err, exit: piece.exit, cut: false }
    if (piece.stream === 'err') err = (err + Buffer.from(piece.bytes).toString('utf8')).slice(0, 2000)
    else {
      out.push(piece.bytes)
      bytes += piece.bytes.byteLength
      if (bytes > maxBytes) return { out: Buffer.concat(out), err, exit: 0, cut: true }
    }
  }
  return { out: Buffer.concat(out), err, exit: 1, cut: false }
}
