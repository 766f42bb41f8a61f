import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFailure } from '@openclaw/sdk'
import type { Client } from './box.ts'
import { frame, kinds, readFrames } from './frames.ts'
import type { Report } from './image.ts'

/** A socket of this person's own on which {@link file://./relay.ts} asks for commands. */
export interface Door extends AsyncDisposable {
  readonly path: string
}

/** Runs a command of a sandbox. */
export type RunInside = (key: string, argv: readonly string[], client: Client, report: Report) => Promise<number>

/** Longest command line, and longest piece of input. */
const mostBytes = 8 * 2 ** 20
/** The code with which `docker run` says that not the command but the engine failed. */
const engineFailed = 125

/** Opens it in a folder that nobody else may enter. */
export async function openDoor(run: RunInside): Promise<Door> {
  const folder = process.platform === 'win32' ? undefined : await mkdtemp(join(tmpdir(), 'openclaw-sandbox-'))
  const path = folder === undefined ? `\\\\.\\pipe\\openclaw-sandbox-${process.pid}` : join(folder, 'door')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, run)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One relay: first what to run, then its input. */
function serve(socket: Socket, run: RunInside): void {
  const gone = new AbortController()
  const input: (Buffer | undefined)[] = []
  let take: ((piece: Buffer | undefined) => void) | undefined
  let asked = false
  socket.on('close', () => gone.abort())
  socket.on('error', () => {})
  const client: Client = {
    write: (frames) => socket.write(frames),
    drained: () =>
      new Promise((resolve) => {
        socket.once('drain', resolve)
        socket.once('close', resolve)
      }),
    onInput(listen) {
      for (const piece of input.splice(0)) listen(piece)
      take = listen
    },
    gone: gone.signal,
  }
  const report = (text: string) => void socket.write(frame(kinds.err, `sandbox: ${text}\n`))
  const start = async (first: Buffer) => {
    const { key, argv } = JSON.parse(first.toString()) as { key: string; argv: string[] }
    const code = await run(key, argv, client, report)
    socket.end(frame(kinds.exit, Uint8Array.of(code)))
  }
  const read = readFrames(mostBytes, (kind, body) => {
    if (!asked) {
      asked = true
      start(body).catch((thrown) => {
        report(toFailure(thrown).message)
        socket.end(frame(kinds.exit, Uint8Array.of(engineFailed)))
      })
      return
    }
    const piece = kind === kinds.exit ? undefined : body
    if (take) take(piece)
    else input.push(piece)
  })
  socket.on('data', (piece) => {
    try {
      read(piece)
    } catch {
      socket.destroy()
    }
  })
}
