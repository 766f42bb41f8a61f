import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'
import { visible } from './plain.ts'
import { self, type Message, type Workspace } from './workspace.ts'

/** Where a message stands, as a peer. */
export function peerOf(workspace: Workspace, message: Message): Peer {
  const place = workspace.conversations.get(message.channel)!
  return {
    ...(place.kind === 'im' ? { kind: 'direct', id: place.name } : { kind: 'group', id: place.id }),
    ...(message.thread_ts ? { thread: message.thread_ts } : {}),
  }
}

/** What stands there from us now. */
export function seenOf(workspace: Workspace, echoes: ReadonlySet<string>): Seen[] {
  return workspace.messages
    .filter(({ bot_id: bot, deleted, ts }) => bot === self.bot && !deleted && !echoes.has(ts))
    .map((message) => ({
      message: message.ts,
      peer: peerOf(workspace, message),
      text: visible(message.text, message.blocks),
      raw: message.text,
      files: message.files.map(({ name, mime, bytes }) => ({ name, mime, bytes })),
      choices: (message.blocks ?? [])
        .flatMap(({ elements = [] }) => elements)
        .map(({ value, text }) => ({ id: value, label: text.text })),
      edits: message.edits,
    }))
}
