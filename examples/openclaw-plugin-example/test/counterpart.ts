import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Counterpart, Fault, Seen } from '@openclaw/testing'

const secret = 'a long secret'

/**
 * The platform of this plugin: it posts what people write to our webhook until that is acknowledged, and takes the
 * answers we post. One conversation is as good as the other to it: there are no groups, edits or buttons.
 */
export async function startPlatform(deliver: (request: Request) => Promise<Response>): Promise<Counterpart> {
  const seen: Seen[] = []
  const listeners = new Set<(step: string) => void | Promise<void>>()
  const waiting = new Set<() => void>()
  const closing = new AbortController()
  const faults: Fault[] = []
  let delayMs = 0
  let count = 0
  let posting: Promise<unknown> = Promise.resolve()

  const step = async (name: string) => {
    for (const listen of listeners) await listen(name)
  }
  /** Uses up a fault of a kind. */
  const strike = <K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined => {
    const at = faults.findIndex((fault) => fault.kind === kind)
    return at < 0 ? undefined : (faults.splice(at, 1)[0] as Extract<Fault, { kind: K }>)
  }

  async function take(answer: { to: string; text: string; id: string }, response: ServerResponse) {
    await step('send')
    const limit = strike('limit')
    if (limit) return response.writeHead(429, { 'retry-after': String(limit.retryAfterMs / 1000) }).end()
    if (strike('error')) return response.writeHead(503).end()
    const peer = { kind: 'direct', id: answer.to } as const
    // A platform that knows its ids: what comes again under one stands there once.
    if (!seen.some(({ message }) => message === answer.id))
      seen.push({ message: answer.id, peer, text: answer.text, raw: answer.text, files: [], choices: [], edits: 0 })
    for (const look of waiting) look()
    await step('send answered')
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (strike('loseAnswer')) return response.destroy()
    return response.end()
  }

  const server = createServer((request, response) => {
    void json(request).then((answer) => take(answer as never, response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))

  /** Posts a note until it is acknowledged. */
  async function post(note: object): Promise<void> {
    const headers = { 'content-type': 'application/json', 'x-example-secret': secret }
    while (!closing.signal.aborted) {
      await step('post')
      const url = 'http://127.0.0.1/webhooks/example/default'
      const response = await deliver(new Request(url, { method: 'POST', headers, body: JSON.stringify(note) })).catch(
        () => undefined,
      )
      await step('post answered')
      if (response?.ok) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  return {
    account: { secret, replyTo: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    people: ['ann', 'bob', 'cleo'],
    immune: ['disconnect', 'halfClose', 'blackhole', 'reorder'],
    typed: 0,
    direct: (person) => ({ kind: 'direct', id: person }),
    async says(text, how = {}) {
      const id = String(++count)
      if (how.self || how.bot) return id
      const note = { id, from: how.from ?? 'ann', text }
      const times = strike('duplicate')?.times ?? 1
      for (let time = 0; time < times; time++) posting = posting.then(() => post(note))
      return id
    },
    sees: () => seen,
    async waitSeen(nth) {
      for (let found = seen[nth - 1]; ; found = seen[nth - 1]) {
        if (found) return found
        await new Promise<void>((resolve) => {
          const look = () => {
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
        })
      }
    },
    async acknowledged() {
      await posting
    },
    links: () => ({ now: 0, most: 0 }),
    fault(fault) {
      if (fault.kind === 'delay') delayMs = fault.ms
      else {
        const times = 'times' in fault && fault.kind !== 'duplicate' ? (fault.times ?? 1) : 1
        for (let time = 0; time < times; time++) faults.push(fault)
      }
    },
    onStep(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      server.closeAllConnections()
      await new Promise<void>((stopped) => server.close(() => stopped()))
    },
  }
}
