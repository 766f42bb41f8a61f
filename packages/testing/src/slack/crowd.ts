import type { Peer } from '@openclaw/protocol'
import type { Says } from '../channel/counterpart.ts'
import { emojiName } from './emoji.ts'
import type { Pushes } from './pushes.ts'
import { messageShape } from './shapes.ts'
import { typed } from './plain.ts'
import { self, type Conversation, type Message, type Workspace } from './workspace.ts'

/** The people of the workspace: what they do, and what the app is told of it. */
export interface Crowd {
  says(text: string, how: Says & { readonly in: Peer }): string
  edits(message: string, text: string): void
  deletes(message: string): void
  reacts(message: string, emoji: string, by?: string): void
  clicks(message: string, choice: string, by: string): Promise<unknown>
  command(text: string, how: { from?: string; in?: string }): Promise<unknown>
  opensAssistant(person: string): string
}

const otherBot = { user: 'U0OTHERBOT1', bot: 'B0OTHERBOT1' }

export function makeCrowd(parts: {
  workspace: Workspace
  pushes: Pushes
  root(): string
  happened(event: Record<string, unknown>): void
}): Crowd {
  const { workspace, pushes, root, happened } = parts
  const { people } = workspace
  let clicks = 0

  const placeOf = (peer: Peer): Conversation =>
    peer.kind === 'direct' ? workspace.im(peer.id) : (workspace.conversations.get(peer.id) ?? missing(peer.id))
  const byTs = (ts: string): Message => workspace.byTs(ts) ?? missing(ts)
  const kindOf = (message: Message) => workspace.conversations.get(message.channel)!.kind

  function author({ bot, self: ours, from }: Says) {
    if (ours) return { user: self.user, bot_id: self.bot }
    return bot ? { user: otherBot.user, bot_id: otherBot.bot } : { user: from ?? people[0] }
  }

  return {
    says(text, how) {
      const place = placeOf(how.in)
      const answered = how.replyTo === undefined ? undefined : byTs(how.replyTo)
      const thread = how.in.thread ?? answered?.thread_ts ?? answered?.ts
      const by = author(how)
      const files = (how.files ?? []).map((file) => workspace.keep(file, by.user))
      const message = workspace.post({
        channel: place.id,
        ...by,
        text: `${how.mention ? `<@${self.user}> ` : ''}${typed(text)}`,
        files,
        ...(files.length > 0 ? { subtype: 'file_share' } : {}),
        ...(thread === undefined ? {} : { thread_ts: thread }),
        ...(how.self ? { echo: true } : {}),
      })
      happened({ ...messageShape(message, root()), channel: place.id, event_ts: message.ts, channel_type: place.kind })
      return message.ts
    },
    edits(ts, text) {
      const message = byTs(ts)
      const before = messageShape(message, root())
      const mentioned = message.text.startsWith(`<@${self.user}> `) ? `<@${self.user}> ` : ''
      message.text = mentioned + typed(text)
      message.edited = { user: message.user ?? people[0], ts: workspace.tick() }
      const at = workspace.tick()
      happened({
        type: 'message',
        subtype: 'message_changed',
        hidden: true,
        channel: message.channel,
        channel_type: kindOf(message),
        ts: at,
        event_ts: at,
        message: messageShape(message, root()),
        previous_message: before,
      })
    },
    deletes(ts) {
      const message = byTs(ts)
      workspace.remove(message)
      const at = workspace.tick()
      happened({
        type: 'message',
        subtype: 'message_deleted',
        hidden: true,
        channel: message.channel,
        channel_type: kindOf(message),
        ts: at,
        event_ts: at,
        deleted_ts: ts,
        previous_message: messageShape(message, root()),
      })
    },
    reacts(ts, emoji, by = people[0]) {
      const message = byTs(ts)
      const name = emojiName(emoji)
      message.reactions.set(name, (message.reactions.get(name) ?? new Set()).add(by))
      happened({
        type: 'reaction_added',
        user: by,
        reaction: name,
        item: { type: 'message', channel: message.channel, ts },
        ...(message.user ? { item_user: message.user } : {}),
        event_ts: workspace.tick(),
      })
    },
    async clicks(ts, choice, by) {
      const message = byTs(ts)
      const buttons = (message.blocks ?? message.stale ?? []).flatMap(({ elements = [] }) => elements)
      const button = buttons.find(({ value }) => value === choice) ?? missing(`${choice} under ${ts}`)
      return pushes.push('interactive', {
        type: 'block_actions',
        api_app_id: self.app,
        token: 'legacy',
        trigger_id: `trigger-${++clicks}`,
        team: { id: self.team, domain: 'emulated' },
        user: { id: by, username: workspace.users.get(by)?.name ?? by, team_id: self.team },
        channel: { id: message.channel, name: 'emulated' },
        container: {
          type: 'message',
          message_ts: ts,
          channel_id: message.channel,
          is_ephemeral: false,
          ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
        },
        message: messageShape(message, root()),
        response_url: `${root()}/actions/${self.team}/1/x`,
        actions: [{ ...button, block_id: 'block', action_ts: workspace.tick() }],
      })
    },
    async command(text, { from = people[0], in: channel = workspace.im(from).id }) {
      return pushes.push('slash_commands', {
        token: 'legacy',
        team_id: self.team,
        team_domain: 'emulated',
        channel_id: channel,
        channel_name: channel.startsWith('D') ? 'directmessage' : 'emulated',
        user_id: from,
        user_name: workspace.users.get(from)?.name ?? from,
        command: '/openclaw',
        text,
        api_app_id: self.app,
        is_enterprise_install: 'false',
        response_url: `${root()}/commands/${self.team}/1/x`,
        trigger_id: `trigger-${++clicks}`,
      })
    },
    opensAssistant(person) {
      const place = workspace.im(person)
      const { ts } = workspace.post({
        channel: place.id,
        user: self.user,
        bot_id: self.bot,
        text: 'New Assistant Thread',
        echo: true,
      })
      happened({
        type: 'assistant_thread_started',
        assistant_thread: { user_id: person, context: {}, channel_id: place.id, thread_ts: ts },
        event_ts: workspace.tick(),
      })
      return ts
    },
  }
}

function missing(what: string): never {
  throw new Error(`the emulated Slack has no ${what}`)
}
