import type { Account, Channel, Link } from '@openclaw/sdk'
import type { PluggedChannel } from '../plugins/host.ts'
import type { Conversation } from './conversation.ts'
import { borrowStream } from '@openclaw/sdk/host'
import type { ChannelAbout } from './wire.ts'

type Talk = Pick<Conversation, 'accounts' | 'call'>

/** The channel entry as the kernel sees it: each call is one to the process that is alive. */
export function isolateChannel(
  { id, account: schema, traits, renders }: ChannelAbout,
  /** The process, once it is alive; rejects when it is parked. */
  up: (signal?: AbortSignal) => Promise<Talk>,
  /** The address of the gateway. */
  address: () => URL,
): PluggedChannel {
  let links = 0

  async function connect(account: Account): Promise<Link> {
    const life = await up(account.signal)
    const link = ++links
    life.accounts.set(link, account)
    try {
      const { has } = await life.call(
        'channel.connect',
        {
          link,
          account: account.id,
          config: account.config,
          commands: [...account.commands],
          webhook: webhookAddress(address(), id, account.id),
        },
        account.signal,
      )
      return linkOver(life, link, has)
    } catch (error) {
      life.accounts.delete(link)
      throw error
    }
  }

  const render = async (markdown: string) => (await (await up()).call('channel.render', { markdown })).pieces
  return {
    id,
    account: schema as never,
    traits: traits as Channel['traits'],
    connect,
    ...(renders ? { render } : {}),
  }
}

/** One link: its methods are those that the link in the process has. */
function linkOver(life: Talk, link: number, has: readonly string[]): Link {
  const lender = {
    read: (stream: number) => life.call('stream.read', { stream }),
    cancel: (stream: number) => life.call('stream.cancel', { stream }),
  }
  const all: Required<Omit<Link, typeof Symbol.asyncDispose | 'send'>> = {
    edit: async (peer, message, text, signal) =>
      void (await life.call('link.edit', { link, peer, message, text }, signal)),
    delete: async (peer, message, signal) => void (await life.call('link.delete', { link, peer, message }, signal)),
    react: async (peer, message, emoji, signal) =>
      void (await life.call('link.react', { link, peer, message, emoji }, signal)),
    typing: async (peer, signal) => void (await life.call('link.typing', { link, peer }, signal)),
    async fetch(attachment, signal) {
      const { stream } = await life.call('link.fetch', { link, attachment }, signal)
      return borrowStream(stream, lender)
    },
    find: async (peer, idempotencyKey, signal) =>
      (await life.call('link.find', { link, peer, idempotencyKey }, signal)).receipt,
    probe: async (signal) => (await life.call('link.probe', { link }, signal)).text,
  }
  return {
    send: (message, signal) => life.call('link.send', { link, message }, signal),
    ...Object.fromEntries(Object.entries(all).filter(([name]) => has.includes(name))),
    async [Symbol.asyncDispose]() {
      // With its process a link is gone already.
      if (!life.accounts.delete(link)) return
      await life.call('link.close', { link })
    },
  }
}

/** Where the gateway serves the webhook of an account: the entry is told at once, and the gateway a moment later. */
function webhookAddress(gateway: URL, channel: string, account: string): string {
  return new URL(`/webhooks/${encodeURIComponent(channel)}/${encodeURIComponent(account)}`, gateway).href
}
