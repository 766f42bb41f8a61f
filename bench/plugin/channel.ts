import type { Inbound } from '@openclaw/protocol'
import { defineChannel } from '@openclaw/sdk'
import Type from 'typebox'
import { apply, type Load } from '../lib/load.ts'

/** What an account is asked for through its webhook: messages of so many people, each waited for. */
export interface Order extends Load {
  readonly people: number
  readonly text: string
  /** Waits until the message is answered; else until it is durable. */
  readonly answered?: boolean
}

/** A platform without a wire: people write when the bench orders it, and what is said to them is heard. */
export default defineChannel({
  id: 'bench',
  account: Type.Object({}),
  traits: { maxText: 4000, lengthUnit: 'utf16', markup: 'plain', delivery: 'at-least-once' },
  async connect(account) {
    /** An answer is one to everything that its person waits for, as messages are collected. */
    const listening = new Map<string, (() => void)[]>()
    let events = 0
    let sent = 0

    async function say({ people, text, answered = false }: Order, at: number): Promise<void> {
      const id = `person-${at % people}`
      const event = `event-${account.id}-${Date.now()}-${events++}`
      const heard = answered
        ? new Promise<void>((resolve) => listening.set(id, [...(listening.get(id) ?? []), resolve]))
        : undefined
      const message: Inbound = {
        event,
        message: event,
        kind: 'message',
        peer: { kind: 'direct', id },
        sender: { id },
        text,
        atMs: Date.now(),
      }
      await account.receive(message)
      await heard
    }

    account.webhook({
      verify: () => true,
      async handle(_request, body) {
        const order = JSON.parse(Buffer.from(body).toString()) as Order
        return Response.json(await apply((at) => say(order, at), order))
      },
    })
    return {
      async send({ peer }) {
        const waiting = listening.get(peer.id) ?? []
        listening.delete(peer.id)
        for (const hear of waiting) hear()
        return { messages: [`sent-${sent++}`] }
      },
      async [Symbol.asyncDispose]() {},
    }
  },
})
