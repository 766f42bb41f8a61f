import type { BundledPlugin } from '@openclaw/kernel'
import {
  defineChannel,
  failure,
  type Account,
  type Chosen,
  type Inbound,
  type Outbound,
  type Traits,
} from '@openclaw/sdk'
import Type from 'typebox'

/** A chat in memory, for what the fake channel has not: edits, files, buttons, a link that is cut in the middle. */
export interface Chat {
  readonly plugin: BundledPlugin
  /** What stands in the chat now, in order of arrival. */
  readonly messages: { id: string; text: string; edits: number; message: Outbound }[]
  /** Files of the platform by their handle. */
  readonly files: Map<string, string>
  /** What was sent along, as it was read from the gateway. */
  readonly received: string[]
  say(text: string, more?: Partial<Inbound>): Promise<void>
  click(choice: string, sender: string): Promise<Chosen>
  /** Resolves once the chat is as it should be. */
  until(true_: () => boolean): Promise<void>
  /** The next send arrives, or not, and its answer is lost with the link. */
  cut(arrives: boolean): void
}

export function chat(traits: Partial<Traits> = {}): Chat {
  const messages: Chat['messages'] = []
  const files = new Map<string, string>()
  const received: string[] = []
  const looking = new Set<() => void>()
  let account: Account | undefined
  let cut: { arrives: boolean } | undefined
  let events = 0
  const changed = () => {
    for (const look of looking) look()
  }

  const channel = defineChannel({
    id: 'chat',
    account: Type.Object({}),
    traits: {
      maxText: 4000,
      lengthUnit: 'utf16',
      markup: 'plain',
      media: true,
      edits: true,
      choices: true,
      delivery: 'at-least-once',
      ...traits,
    },
    async connect(opened) {
      account = opened as Account
      queueMicrotask(changed)
      return {
        async send(message, signal) {
          for (const file of message.attachments ?? [])
            received.push(await new Response(await opened.open(file, signal)).text())
          const lost = cut
          cut = undefined
          if (!lost || lost.arrives)
            messages.push({ id: `out${messages.length}`, text: message.text, edits: 0, message })
          changed()
          if (lost) throw failure('unavailable', 'chat/default: the link was cut')
          return { messages: [messages.at(-1)!.id] }
        },
        ...(traits.edits === false
          ? {}
          : {
              async edit(_peer, id: string, text: string) {
                const one = messages.find((message) => message.id === id)
                if (!one) throw failure('not_found', `there is no message ${id}`)
                one.text = text
                one.edits++
                changed()
              },
            }),
        ...(traits.delivery === 'effectively-once'
          ? {
              async find(_peer, key) {
                const one = messages.find(({ message }) => message.idempotencyKey === key)
                return one && { messages: [one.id] }
              },
            }
          : {}),
        async fetch({ ref }) {
          const text = files.get(ref)
          if (text === undefined) throw failure('not_found', 'the platform deleted it')
          return new Response(text).body!
        },
        async [Symbol.asyncDispose]() {},
      }
    },
  })

  async function until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      await new Promise<void>((resolve) => {
        const look = () => {
          looking.delete(look)
          resolve()
        }
        looking.add(look)
      })
    }
  }

  return {
    plugin: {
      package: {
        name: '@openclaw/channel-chat',
        version: '0.0.0',
        openclaw: { id: 'chat', label: 'Chat', api: 1, hooks: { channel: './channel' }, config: './config' },
      },
      load: { channel: async () => ({ default: channel }), config: async () => ({ default: channel.account }) },
    },
    messages,
    files,
    received,
    until,
    cut: (arrives) => void (cut = { arrives }),
    click: (choice, sender) =>
      account!.choose({ event: `c${++events}`, sender, peer: { kind: 'direct', id: sender }, choice }),
    async say(text, more = {}) {
      await until(() => account !== undefined)
      const event = more.event ?? `e${++events}`
      const sender = more.sender ?? { id: 'ada' }
      await account!.receive({
        event,
        message: event,
        kind: 'message',
        peer: { kind: 'direct', id: sender.id },
        sender,
        text,
        atMs: Date.UTC(2026, 0, 1),
        ...more,
      })
    },
  }
}

/** A configuration in which Ada is let in, and the group g1. */
export const open = {
  channels: {
    chat: { dm: { policy: 'allowlist', allow: ['ada'] }, groups: { allow: ['g1'] }, accounts: { default: {} } },
  },
}
