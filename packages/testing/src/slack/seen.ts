import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'
import { visible } from './plain.ts'
import type { Message, Workspace } from './workspace.ts'

/** Where a message stands, as a peer. */
export function peerOf(workspace: Workspace, message: Message): Peer {
  const place = workspace.conversations.get(message.channel)!
  return {
    ...(place.kind === 'im' ? { kind: 'direct', id: place.name } : { kind: 'group', id: place.id }),
    ...(message.thread_ts ? { thread: message.thread_ts } : {}),
  }
}

/** A message of ours, as people see it. */
export function seenOf(workspace: Workspace, message: Message): Seen {
  return {
    message: message.ts,
    peer: peerOf(workspace, message),
    text: visible(message.text, message.blocks),
    raw: message.text,
    files: message.files.map(({ name, mime, bytes }) => ({ name, mime, bytes })),
    choices: (message.blocks ?? [])
      .flatMap(({ elements = [] }) => elements)
      .map(({ value, text }) => ({ id: value, label: text.text })),
    edits: message.edits,
  }
}
