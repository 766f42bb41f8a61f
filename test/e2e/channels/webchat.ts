import { setTimeout as pause } from 'node:timers/promises'
import { isLine } from '@openclaw/protocol'
import { openSteps, type Counterpart, type Seen } from '@openclaw/testing'
import { connect } from '../gateway.ts'
import { readLines } from './journals.ts'
import type { Gateway } from './places.ts'

const owner = 'agent:main:local:default:owner'
/** The owner has several conversations on the page: each counts as somebody. */
const conversations = [owner, `${owner}:thread:one`, `${owner}:thread:two`] as const
const retryMs = 20

/**
 * The page, as far as it can lose something: it sends each message under a key until that is acknowledged, also to the
 * next gateway, and shows what stands in the journals.
 */
export async function webChat(gateway: Gateway): Promise<Counterpart> {
  const closing = new AbortController()
  const steps = openSteps()
  const queues = new Map<string, Promise<void>>()
  let link: { readonly address: string; readonly client: ReturnType<typeof connect> } | undefined
  let count = 0
  let times = 1

  /** One connection for each gateway. */
  function reach() {
    const address = gateway.address()
    if (address === undefined) throw new Error('no gateway runs')
    if (link?.address !== address) link = { address, client: connect(gateway.home, address) }
    return link.client
  }

  async function send(session: string, message: string, idempotencyKey: string): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const client = await reach()
        await steps.reach('chat.send')
        await client.call('chat.send', { session, message, idempotencyKey })
        await steps.reach('chat.send answered')
        return
      } catch {
        // Dead, or not there yet: the page keeps the message and tries again.
        link = undefined
        await pause(retryMs)
      }
    }
  }

  return {
    account: {},
    people: conversations,
    immune: ['limit', 'error', 'loseAnswer', 'reorder', 'delay', 'disconnect', 'halfClose', 'blackhole'],
    typed: 0,
    direct: (session) => ({ kind: 'direct', id: session }),
    async says(text, { from = owner } = {}) {
      const key = String(++count)
      const sends = times
      times = 1
      const before = queues.get(from) ?? Promise.resolve()
      queues.set(
        from,
        before.then(async () => {
          for (let nth = 0; nth < sends; nth++) await send(from, text, key)
        }),
      )
      return key
    },
    sees: () => readLines(gateway.home).flatMap(shown),
    waitSeen: () => Promise.reject(new Error('the page tells nobody what it shows; look at it')),
    async acknowledged() {
      await Promise.all(queues.values())
    },
    links: () => ({ now: 0, most: 0 }),
    fault(fault) {
      if (fault.kind === 'duplicate') times = fault.times
    },
    onStep: (listen) => steps.listen(listen),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all(queues.values())
    },
  }
}

/** What the page shows of a line: an answer, or why there is none. */
function shown({ session, line }: ReturnType<typeof readLines>[number]): Seen[] {
  const see = (text: string): Seen[] => [
    { message: line.id, peer: { kind: 'direct', id: session }, text, raw: text, files: [], choices: [], edits: 0 },
  ]
  if (isLine(line, 'end')) return see(`${line.body.outcome}: ${line.body.failure?.message ?? ''}`)
  if (!isLine(line, 'assistant') || line.body.stop !== 'end') return []
  return see(line.body.content.map((part) => (part.type === 'text' ? part.text : '')).join(''))
}
