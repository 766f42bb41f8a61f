import type { types } from '@slack/bolt'
import { failure, type Link, type Outbound, type Peer, type Receipt } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { emojiName } from './emoji.ts'
import type { Files } from './files.ts'
import type { Places } from './places.ts'

/** Our mark on a message, by which it is found again (https://docs.slack.dev/messaging/message-metadata). */
const eventType = 'openclaw'
/** https://docs.slack.dev/reference/block-kit/blocks/section-block and …/block-elements/button-element */
const maxSection = 3000
const maxLabel = 75
const maxButtons = 25
/** How far back a message is looked for: pages of so many. */
const pageSize = 200
const maxPages = 5

export type Sends = Required<Pick<Link, 'send' | 'find' | 'edit' | 'delete' | 'react'>>

/** What we say, and how it is changed and found again. */
export function makeSends({ api, places, files }: { api: Api; places: Places; files: Files }): Sends {
  async function post(channel: string, { text, choices, peer, idempotencyKey }: Outbound, signal: AbortSignal) {
    const { ts } = await api.call(`writing to ${channel}`, signal, (client) =>
      client.chat.postMessage({
        channel,
        text,
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: eventType, event_payload: { key: idempotencyKey } },
        ...(peer.thread ? { thread_ts: peer.thread } : {}),
        ...(choices?.length ? { blocks: [...sections(text), buttons(choices)] } : {}),
      }),
    )
    return ts ? [ts] : []
  }

  /** Our message with this mark, newest pages first in a conversation, oldest first in a thread. */
  async function marked(channel: string, thread: string | undefined, key: string, signal: AbortSignal) {
    let cursor: string | undefined
    for (let page = 0; page < maxPages; page++) {
      const where = { channel, limit: pageSize, include_all_metadata: true, ...(cursor ? { cursor } : {}) }
      const { messages, response_metadata } = await api.call(`looking for a message in ${channel}`, signal, (client) =>
        thread ? client.conversations.replies({ ...where, ts: thread }) : client.conversations.history(where),
      )
      const found = (messages as Marked[] | undefined)?.find(
        ({ metadata }) => metadata?.event_type === eventType && metadata.event_payload?.['key'] === key,
      )
      if (found?.ts) return found.ts
      cursor = response_metadata?.next_cursor
      if (!cursor) return undefined
    }
    return undefined
  }

  return {
    async send(message, signal): Promise<Receipt> {
      const { text, attachments = [], choices = [], peer, idempotencyKey: key } = message
      if (!text.trim() && attachments.length === 0)
        throw failure('invalid_params', `${api.name}: there is nothing to write`)
      const channel = await places.channelOf(peer, signal)
      if (attachments.length === 0) return { messages: await post(channel, message, signal) }
      // A text that comes with files is their comment: one message, whole or absent. Buttons need a message of their own.
      const comment = choices.length > 0 ? '' : text
      const shared =
        (await files.shared(key, channel, signal)) ??
        (await files.share(
          { channel, key, attachments, comment, ...(peer.thread ? { thread: peer.thread } : {}) },
          signal,
        ))
      return { messages: [...shared, ...(choices.length > 0 ? await post(channel, message, signal) : [])] }
    },
    async find(peer: Peer, key, signal) {
      const channel = await places.channelOf(peer, signal)
      const ts = await marked(channel, peer.thread, key, signal)
      if (ts) return { messages: [ts] }
      const shared = await files.shared(key, channel, signal)
      return shared && { messages: [...shared] }
    },
    async edit(peer, message, text, signal) {
      const channel = await places.channelOf(peer, signal)
      await api.call(`editing a message in ${channel}`, signal, (client) =>
        client.chat.update({ channel, ts: message, text }),
      )
    },
    async delete(peer, message, signal) {
      const channel = await places.channelOf(peer, signal)
      await api.call(`deleting a message in ${channel}`, signal, (client) =>
        client.chat.delete({ channel, ts: message }),
      )
    },
    async react(peer, message, emoji, signal) {
      const name = emojiName(emoji)
      if (!name) throw failure('invalid_params', `${api.name}: Slack has no name for ${emoji}; give one, e.g. :eyes:`)
      const channel = await places.channelOf(peer, signal)
      await api.call(`reacting in ${channel}`, signal, async (client) => {
        try {
          await client.reactions.add({ channel, timestamp: message, name })
        } catch (error) {
          // It stands there already, which is what was wanted.
          if ((error as { data?: { error?: unknown } }).data?.error !== 'already_reacted') throw error
        }
      })
    },
  }
}

interface Marked {
  readonly ts?: string
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: Readonly<Record<string, unknown>> }
}

/** A text as sections, cut at a line's end where there is one. */
export function sections(text: string): types.SectionBlock[] {
  const blocks: types.SectionBlock[] = []
  let rest = text
  while (rest) {
    const whole = rest.slice(0, maxSection)
    const line = rest.length > maxSection ? whole.slice(0, whole.lastIndexOf('\n') + 1) : whole
    // Never through the middle of a sign.
    const part = line || (whole.isWellFormed() ? whole : whole.slice(0, -1))
    blocks.push({ type: 'section', text: { type: 'mrkdwn', text: part } })
    rest = rest.slice(part.length)
  }
  return blocks
}

function buttons(choices: NonNullable<Outbound['choices']>): types.ActionsBlock {
  return {
    type: 'actions',
    elements: choices.slice(0, maxButtons).map(({ id, label }, index) => ({
      type: 'button',
      action_id: `choice-${index}`,
      value: id,
      text: { type: 'plain_text', text: [...label].slice(0, maxLabel).join(''), emoji: true },
    })),
  }
}
