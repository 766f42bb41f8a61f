import type { Command, Inbound } from '@openclaw/sdk'
import { decode } from './decode.ts'
import { peerOf } from './inbound.ts'
import type { Us } from './login.ts'

/** As much of a slash command as is read (https://docs.slack.dev/interactivity/implementing-slash-commands). */
export interface SlackCommand {
  readonly text?: string
  readonly user_id?: string
  readonly user_name?: string
  readonly channel_id?: string
  readonly trigger_id?: string
}

/**
 * `/openclaw status` as the message `/status`; what begins with no command's name is said as it is, and alone it asks
 * for help. Slack keeps names such as /status to itself, so there is one command for all.
 */
export function readCommand(
  { text = '', user_id: user, user_name: name, channel_id: channel, trigger_id: trigger }: SlackCommand,
  { us, commands, now }: { us: Us; commands: readonly Command[]; now: number },
): Inbound | undefined {
  if (!user || !channel || !trigger) return undefined
  const words = decode(text).trim().replace(/^[/!]/, '')
  const [first = ''] = words.split(/\s/)
  const known = commands.some((command) => command.name === first)
  return {
    event: `command:${trigger}`,
    message: trigger,
    kind: 'message',
    peer: peerOf(channel, user),
    sender: { id: user, ...(name ? { name } : {}) },
    text: !words ? '/help' : known ? `/${words}` : words,
    mentioned: true,
    ...(us.team ? { team: us.team } : {}),
    atMs: now,
  }
}
