import { once } from 'node:events'
import { discordEmulator, type DiscordEmulator, type DiscordOptions } from '@openclaw/testing/discord'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

interface Frame {
  readonly op: number
  readonly s?: number
  readonly t?: string
  readonly d?: Record<string, unknown>
}

/** A client of the gateway as bare as can be. */
export interface Socket {
  send(frame: object | string): void
  /** Resolves with the first frame that fits, past or to come. */
  frame(fits: (frame: Frame) => boolean): Promise<Frame>
  event(name: string): Promise<Frame>
  readonly frames: readonly Frame[]
  /** Resolves with the code with which it was closed. */
  readonly closed: Promise<number>
  close(code: number): void
}

export const allIntents = (1 << 0) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 15)

export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordEmulator> {
  const discord = await discordEmulator(options)
  onTestFinished(() => discord[Symbol.asyncDispose]())
  return discord
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** A request to the REST API. */
export async function ask(
  discord: DiscordEmulator,
  method: string,
  path: string,
  body?: object,
  token = discord.token,
): Promise<Answer> {
  const response = await fetch(`${discord.api}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  const json = (text ? JSON.parse(text) : {}) as Record<string, unknown>
  return { status: response.status, headers: response.headers, json }
}

/** Opens a socket; it is greeted and not logged in. */
export async function openSocket(discord: DiscordEmulator, query = 'v=10&encoding=json'): Promise<Socket> {
  const { json } = await ask(discord, 'GET', '/gateway/bot')
  const socket = new WebSocket(`${String(json.url)}/?${query}`)
  onTestFinished(() => socket.terminate())
  const frames: Frame[] = []
  const waiters = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame)
    for (const tell of [...waiters]) tell()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await once(socket, 'open')
  const self: Socket = {
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async frame(fits) {
      for (;;) {
        const found = frames.find(fits)
        if (found) return found
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiters.delete(tell)
            resolve()
          }
          waiters.add(tell)
        })
      }
    },
    event: (name) => self.frame(({ t }) => t === name),
    close: (code) => socket.close(code),
  }
  return self
}

/** Opens a socket and logs in. */
export async function identify(discord: DiscordEmulator, more: object = {}): Promise<Socket> {
  const socket = await openSocket(discord)
  await socket.frame(({ op }) => op === 10)
  socket.send({ op: 2, d: { token: discord.token, intents: allIntents, shard: [0, 1], properties: {}, ...more } })
  return socket
}
