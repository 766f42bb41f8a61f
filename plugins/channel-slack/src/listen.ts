import { App, type Receiver } from '@slack/bolt'
import { toFailure, type Account, type Inbound } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { greet, type AssistantStarted } from './assistant.ts'
import { click, type SlackClick } from './clicks.ts'
import { readCommand, type SlackCommand } from './command.ts'
import type { History } from './history.ts'
import { isTimestamp, readEvent, readMessage, type Reader } from './inbound.ts'
import type { Us } from './login.ts'
import { makeOrder } from './order.ts'
import type { Places } from './places.ts'

export interface ListenParts {
  readonly account: Account<{ botToken: string }>
  readonly api: Api
  readonly us: Us
  readonly places: Places
  readonly history: History
  readonly receiver: Receiver
}

/** Bolt's app, and what is looked up beside it. */
export interface Listening {
  readonly app: App
  /** Takes what was said since the last event of each conversation, before what is said from now on; once `open` resolved. */
  catchUp(open: Promise<unknown>): Promise<void>
}

/** Binds what Slack tells to what the kernel takes. Every listener ends when what it took is durable, or fails. */
export function listen({ account, api, us, places, history, receiver }: ListenParts): Listening {
  const { commands, signal } = account
  const reader: Reader = { us, commands, nameOf: places.nameOf }
  const order = makeOrder()
  const app = new App({
    receiver,
    token: account.config.botToken,
    botId: us.bot,
    botUserId: us.user,
    // We logged in already, know ourselves, and keep no conversations here.
    tokenVerificationEnabled: false,
    ignoreSelf: false,
    convoStore: false,
    attachFunctionToken: false,
    clientOptions: { ...api.options },
    logger: api.logger,
  })
  app.error(async (error) => {
    throw 'original' in error && error.original ? error.original : error
  })

  async function take(inbound: Inbound | undefined, channel: string) {
    if (!inbound) return
    const { peer, sender, kind, message } = inbound
    if (peer.kind === 'direct') places.met(peer.id, channel)
    await places.learn(peer.kind === 'group' ? [sender.id, peer.id] : [sender.id], signal)
    const [name, place] = [sender.name ?? places.nameOf(sender.id), places.nameOf(peer.id)]
    await account.receive({
      ...inbound,
      sender: { ...sender, ...(name ? { name } : {}) },
      ...(peer.kind === 'group' && place ? { place } : {}),
    })
    if (kind === 'message' && isTimestamp(message)) history.passed(channel, peer.thread, message)
  }

  async function hear({ event }: { event: object }) {
    const { channel, item } = event as { channel?: string; item?: { channel?: string } }
    const where = channel ?? item?.channel ?? ''
    await order.run(where, () => take(readEvent(event, reader), where))
  }

  /** What is not worth giving an event again for. */
  const quietly = (doing: string, work: Promise<void>) =>
    work.catch((error: unknown) =>
      account.log.warn(`${api.name}: ${doing} failed`, { error: toFailure(error).message }),
    )

  app.event('message', hear)
  app.event('app_mention', hear)
  app.event('reaction_added', hear)
  app.event('assistant_thread_started', async ({ event }) => {
    void quietly('greeting', greet(event as AssistantStarted, account, api))
  })
  app.command(/.*/, async ({ command, ack }) => {
    const { channel_id: channel } = command as SlackCommand
    const inbound = readCommand(command, { us, commands, now: account.clock.now() })
    // The conversation may be one between two people, which we are not in: we answer in our own with who asked.
    if (channel && inbound?.peer.kind === 'group') await order.run(channel, () => take(inbound, channel))
    else if (inbound) await account.receive(inbound)
    await ack()
  })
  app.action({ type: 'block_actions' }, async ({ body, ack }) => {
    const rest = await click(body as SlackClick, account, api)
    await ack()
    if (rest) void quietly('showing what became of a click', rest())
  })

  return {
    app,
    catchUp: (open) =>
      history.catchUp((channel, messages) =>
        order.run(channel, async () => {
          const up = await open.then(
            () => true,
            () => false,
          )
          if (!up) return
          for (const message of await messages())
            await take(readMessage(message, channel, reader), channel).catch((error: unknown) => {
              // Slack does not give it again, but the conversation has it still when we come back.
              account.report('offline', `what was said meanwhile could not be taken: ${toFailure(error).message}`)
              throw error
            })
        }),
      ),
  }
}
