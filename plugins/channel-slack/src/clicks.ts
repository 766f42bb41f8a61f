import type { Account } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { encode } from './decode.ts'
import { peerOf } from './inbound.ts'

/** As much of a click as is read (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload). */
export interface SlackClick {
  readonly user?: { readonly id?: string }
  readonly channel?: { readonly id?: string }
  readonly message?: { readonly ts?: string; readonly thread_ts?: string; readonly text?: string }
  readonly actions?: readonly { readonly value?: string; readonly action_ts?: string }[]
}

/**
 * Hands a click to the kernel, which knows who may decide. Resolves, when that is durable, with what is left to do: tell
 * who clicked, and take the buttons away once it is decided.
 */
export async function click(
  { user, channel, message, actions }: SlackClick,
  account: Pick<Account, 'choose' | 'signal' | 'log'>,
  api: Api,
): Promise<(() => Promise<void>) | undefined> {
  const [action] = actions ?? []
  const [who, where, ts] = [user?.id, channel?.id, message?.ts]
  if (!who || !where || !ts || action?.value === undefined) return undefined
  const { taken, text } = await account.choose({
    event: `${where}:${ts}:${action.action_ts ?? ''}:${who}`,
    sender: who,
    peer: peerOf(where, who, message?.thread_ts),
    choice: action.value,
  })
  const thread = message?.thread_ts ? { thread_ts: message.thread_ts } : {}
  return async () => {
    if (taken) {
      const decided = `${message?.text ?? ''}\n_${encode(text)}_`
      await api.call(`editing a message in ${where}`, account.signal, (client) =>
        client.chat.update({ channel: where, ts, text: decided }),
      )
    }
    await api.call(`answering a click in ${where}`, account.signal, (client) =>
      client.chat.postEphemeral({ channel: where, user: who, text: encode(text), ...thread }),
    )
  }
}
