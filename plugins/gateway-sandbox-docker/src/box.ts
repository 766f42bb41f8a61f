import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { failure, toFailure, type Clock } from '@openclaw/sdk'
import type Docker from 'dockerode'
import type { Engine } from './engine.ts'
import { frame, readFrames } from './frames.ts'
import { commandLine, waitingShell } from './inside.ts'

/** Somebody who has a command run, at the other end of a socket. */
export interface Client {
  /** Output in frames; false when it is to wait for `drained`. */
  write(frames: Buffer): boolean
  drained(): Promise<void>
  /** Calls back with each piece of input, and with nothing at its end. */
  onInput(take: (piece: Buffer | undefined) => void): void
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
}

/** A running container. */
export interface Box {
  readonly name: string
  readonly createdAt: number
  /** Aborts when it is gone, whoever ended it. */
  readonly gone: AbortSignal
  busy: number
  usedAt: number
  /**
   * Runs a command and resolves with its exit code. When the client goes, everything that the command started is killed.
   * Rejects with `unavailable` when it was not started, and with `aborted` when it was, and its end is not known.
   */
  run(argv: readonly string[], client: Client): Promise<number>
  remove(): Promise<void>
}

/** A shell in the container that waits for a command. */
interface Shell {
  readonly exec: Docker.Exec
  readonly stream: Duplex
  /** It ended, or said something, before it was asked. */
  spoiled: boolean
  watch(): void
}

/** A container in which the processes of a command cannot be found and killed in this time is ended as a whole. */
const killMs = 3000

/** Makes a container and starts it. It ends with this process, and with `remove`. */
export async function startBox(engine: Engine, spec: Docker.ContainerCreateOptions, clock: Clock): Promise<Box> {
  const container = await engine.docker.createContainer(spec)
  const ended = new AbortController()
  let lifeline: Duplex
  try {
    lifeline = (await container.attach({ stream: true, stdin: true, hijack: true })) as unknown as Duplex
    await container.start()
  } catch (thrown) {
    await erase(container)
    throw thrown
  }
  const over = () => ended.abort(failure('unavailable', 'the container ended'))
  lifeline.on('error', over).on('end', over).on('close', over).resume()

  async function openShell(): Promise<Shell> {
    const exec = await container.exec({
      Cmd: [...waitingShell],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
    const stream = await exec.start({ hijack: true, stdin: true })
    const spoil = () => void (shell.spoiled = true)
    const look = () => {
      if (stream.read() !== null) spoil()
    }
    stream.on('readable', look).on('end', spoil).on('error', spoil)
    const shell: Shell = { exec, stream, spoiled: false, watch: () => void stream.off('readable', look) }
    return shell
  }
  const lookAhead = () => openShell().catch(() => undefined)
  let spare = lookAhead()
  async function takeShell(): Promise<Shell> {
    // Taken before it is waited for, so that nobody else takes it; the next one is made when this one is there.
    const mine = spare
    spare = mine.then(lookAhead)
    const ready = await mine
    const shell = ready && !ready.spoiled ? ready : await openShell()
    shell.watch()
    return shell
  }

  async function kill(mark: string): Promise<void> {
    const late = clock.sleep(killMs, ended.signal).then(() => false)
    const done = takeShell().then(async ({ stream }) => {
      // The same mark again: when this command has ended, the shell ends what else has it.
      stream.end(commandLine(mark, ['true']))
      for await (const _ of stream);
      return true
    })
    const swept = await Promise.race([done, late]).catch(() => false)
    // An engine that does not answer now is asked again when the gateway starts.
    if (!swept) await box.remove().catch(() => {})
  }

  const box: Box = {
    name: spec.name!,
    createdAt: clock.now(),
    gone: ended.signal,
    busy: 0,
    usedAt: clock.now(),
    async run(argv, client) {
      const mark = randomBytes(12).toString('hex')
      box.busy++
      try {
        const { exec, stream } = await takeShell()
        const killing = whenGone(client, () => kill(mark).finally(() => stream.destroy()))
        stream.write(commandLine(mark, argv))
        client.onInput((piece) => (piece ? stream.write(piece) : stream.end()))
        await forward(stream, client, clock)
        await killing.over()
        if (ended.signal.aborted || client.gone.aborted) return 137
        return (await exec.inspect()).ExitCode ?? 137
      } catch (thrown) {
        const { code, message } = toFailure(thrown)
        throw failure(code === 'aborted' ? code : 'unavailable', `${box.name}: ${message}`)
      } finally {
        box.busy--
        box.usedAt = clock.now()
      }
    },
    async remove() {
      over()
      await erase(container)
      lifeline.destroy()
    },
  }
  return box
}

/** Kills when the client goes; `over` takes that back, or waits until it is done. */
function whenGone(client: Client, kill: () => Promise<void>): { over(): Promise<void> } {
  let killing: Promise<void> | undefined
  const start = () => void (killing = kill())
  client.gone.addEventListener('abort', start, { once: true })
  if (client.gone.aborted) start()
  return {
    async over() {
      client.gone.removeEventListener('abort', start)
      await killing
    },
  }
}

/**
 * Hands the output on until it ends. Rejects when the shell does not answer: then the command was not started, as the
 * shell is stopped or the container is full.
 */
async function forward(stream: Duplex, client: Client, clock: Clock): Promise<void> {
  let answered = false
  let full = false
  const late = clock.after(killMs, () => {
    if (!answered) stream.destroy(failure('unavailable', 'its shell does not answer'))
  })
  const read = readFrames(2 ** 31, (kind, body) => {
    const rest = answered ? body : body.subarray(1)
    answered = true
    if (rest.length > 0 && !client.write(frame(kind, rest))) full = true
  })
  try {
    for await (const piece of stream) {
      read(piece as Buffer)
      if (full) await client.drained()
      full = false
    }
  } catch (thrown) {
    if (client.gone.aborted) return
    if (!answered) throw thrown
    throw failure(
      'aborted',
      `the engine was lost while the command ran (${toFailure(thrown).message}); it may have ended`,
    )
  } finally {
    late[Symbol.dispose]()
  }
  if (!answered && !client.gone.aborted) throw failure('unavailable', 'its shell ended before the command began')
}

/** Removes a container, also one that is being removed or is gone already. */
export async function erase(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true })
  } catch (thrown) {
    const { statusCode } = thrown as { statusCode?: number }
    if (statusCode !== 404 && statusCode !== 409) throw thrown
  }
}
