import type { Account, Link } from '@openclaw/sdk'
import type { Api } from './api.ts'
import type { Places } from './places.ts'

/**
 * "is thinking…" under the last message of a thread. Slack shows it in threads only, and takes it away with our next
 * message or after two minutes. https://docs.slack.dev/reference/methods/assistant.threads.setStatus
 */
export function makeTyping(api: Api, places: Places): NonNullable<Link['typing']> {
  return async (peer, signal) => {
    const { thread } = peer
    if (!thread) return
    const channel = await places.channelOf(peer, signal)
    await api.call(`showing a status in ${channel}`, signal, (client) =>
      client.assistant.threads.setStatus({ channel_id: channel, thread_ts: thread, status: 'is thinking…' }),
    )
  }
}

/** As much of `assistant_thread_started` as is read. */
export interface AssistantStarted {
  readonly assistant_thread?: { readonly channel_id?: string; readonly thread_ts?: string }
}

/** Greets who opened the assistant's pane with what can be asked: prompts to click, not a message of ours. */
export async function greet(
  { assistant_thread: thread }: AssistantStarted,
  account: Pick<Account, 'commands' | 'signal'>,
  api: Api,
): Promise<void> {
  const { channel_id: channel, thread_ts: ts } = thread ?? {}
  if (!channel || !ts) return
  const help = account.commands.some(({ name }) => name === 'help')
  await api.call('greeting', account.signal, (client) =>
    client.assistant.threads.setSuggestedPrompts({
      channel_id: channel,
      thread_ts: ts,
      title: 'What can I do for you?',
      prompts: [
        { title: 'Who are you?', message: 'Who are you, and what can you do for me?' },
        ...(help ? [{ title: 'What can be typed here?', message: '!help' }] : []),
      ],
    }),
  )
}
