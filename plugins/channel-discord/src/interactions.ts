import { toFailure, type Outbound, type Peer } from '@openclaw/sdk'
import {
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  Routes,
  SnowflakeUtil,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type APIMessageComponentInteraction,
  type RawFile,
} from 'discord.js'
import { remember } from './bounded.ts'
import { typedOf } from './commands.ts'
import type { DiscordAccount } from './config.ts'
import { peerOf, senderOf, whereOf } from './inbound.ts'
import type { Self } from './login.ts'
import type { Place, Places } from './places.ts'
import type { Rest } from './rest.ts'

/** Commands that wait for an answer: Discord shows "thinking" until there is one. */
export interface Replies {
  /** Answers the command that this message is for. The id of the answer; undefined when no command waits for it. */
  answer(message: Outbound, body: object, files: RawFile[], signal: AbortSignal): Promise<string | undefined>
}

/** Commands from the menu, and buttons. */
export interface Interactions extends Replies {
  /** Resolves when it is durable; undefined for what is not ours. */
  take(interaction: APIInteraction): Promise<void> | undefined
}

interface Waiting {
  readonly token: string
  readonly peer: Peer
  /** Whether Discord waits for the answer. */
  readonly deferred: Promise<boolean>
  readonly expiry: Disposable
}

/** Answers are taken for 15 minutes: https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages */
const patienceMs = 14 * 60_000
const maxWaiting = 500

export function openInteractions(account: DiscordAccount, rest: Rest, places: Places, self: Self): Interactions {
  const waiting = new Map<string, Waiting>()
  const original = (token: string) => Routes.webhookMessage(self.application, token, '@original')

  /** Discord wants to hear within 3 seconds that we have it. False when it takes no answer any more. */
  async function defer({ id, token }: APIInteraction, flags?: MessageFlags): Promise<boolean> {
    const type = InteractionResponseType.DeferredChannelMessageWithSource
    const body = flags === undefined ? { type } : { type, data: { flags } }
    try {
      await rest.ask(
        'post',
        Routes.interactionCallback(id, token),
        { doing: 'answering a command' },
        { body, auth: false },
      )
      return true
    } catch (error) {
      // Given to us again after a restart, it was acknowledged before, and its answer can still be written.
      return toFailure(error).message.includes('already been acknowledged')
    }
  }

  /** An interaction says itself where it happens. */
  function placeOf({ channel, guild_id: guild, ...by }: APIInteraction): Place {
    if (guild === undefined) return { person: userOf(by).id }
    const id = channel?.id ?? ''
    return places.known(id) ?? (channel && places.learn(channel, guild)) ?? { guild, channel: id }
  }

  async function takeCommand(interaction: APIChatInputApplicationCommandInteraction): Promise<void> {
    const { id, token, data } = interaction
    const leftMs = patienceMs - (account.clock.now() - SnowflakeUtil.timestampFrom(id))
    const deferred = defer(interaction)
    const place = placeOf(interaction)
    const expiry = account.clock.after(Math.max(0, leftMs), () => void forget(id))
    remember(waiting, id, { token, peer: peerOf(place), deferred, expiry }, maxWaiting)
    await account.receive({
      event: id,
      message: id,
      kind: 'message',
      peer: peerOf(place),
      sender: senderOf(userOf(interaction), interaction.member),
      text: typedOf(data),
      mentioned: true,
      ...whereOf(place),
      atMs: SnowflakeUtil.timestampFrom(id),
    })
  }

  /** No answer came: "thinking" must not stand there for ever. */
  async function forget(id: string): Promise<void> {
    const gone = waiting.get(id)
    if (!gone) return
    waiting.delete(id)
    await rest.ask('delete', original(gone.token), { doing: 'taking back "thinking"' }, { auth: false }).catch(() => {})
  }

  async function takeClick(interaction: APIMessageComponentInteraction): Promise<void> {
    const { id, token, message } = interaction
    const deferred = defer(interaction, MessageFlags.Ephemeral)
    const peer = peerOf(placeOf(interaction))
    const click = { event: id, sender: userOf(interaction).id, peer, choice: interaction.data.custom_id }
    try {
      const { taken, text } = await account.choose(click)
      if (taken) {
        const doing = { doing: `taking the buttons from message ${message.id}` }
        await rest.ask('patch', Routes.channelMessage(message.channel_id, message.id), doing, {
          body: { components: [] },
        })
      }
      if (await deferred) await show(token, text)
    } catch (error) {
      account.log.warn(`discord/${account.id}: a click failed`, { error: toFailure(error).message })
      if (await deferred) await show(token, 'That did not work; try again.').catch(() => {})
    }
  }

  async function show(token: string, content: string): Promise<void> {
    await rest.ask('patch', original(token), { doing: 'answering a click' }, { body: { content }, auth: false })
  }

  /** Directly, an answer is for whoever waits; in a channel it names the command. */
  function find({ peer, replyTo }: Outbound): string | undefined {
    if (replyTo !== undefined) return waiting.has(replyTo) ? replyTo : undefined
    if (peer.kind !== 'direct') return undefined
    for (const [id, one] of waiting) if (one.peer.kind === 'direct' && one.peer.id === peer.id) return id
    return undefined
  }

  return {
    take(interaction) {
      // Throws before anything is begun when nobody did it.
      userOf(interaction)
      if (interaction.type === InteractionType.MessageComponent) return takeClick(interaction)
      if (interaction.type !== InteractionType.ApplicationCommand) return undefined
      if (interaction.data.type !== ApplicationCommandType.ChatInput) return undefined
      return takeCommand(interaction as APIChatInputApplicationCommandInteraction)
    },
    async answer(message, body, files, signal) {
      const id = find(message)
      const one = id === undefined ? undefined : waiting.get(id)
      if (id === undefined || !one || !(await one.deferred)) return undefined
      try {
        const doing = { doing: `answering command ${id}`, signal }
        const sent = await rest.ask<APIMessage>('patch', original(one.token), doing, { body, files, auth: false })
        settle(id, one)
        return sent.id
      } catch (error) {
        if (!['not_found', 'unauthorized'].includes(toFailure(error).code)) throw error
        // Too late for an answer, so that it goes as a message of its own.
        settle(id, one)
        return undefined
      }
    },
  }

  function settle(id: string, { expiry }: Waiting): void {
    waiting.delete(id)
    expiry[Symbol.dispose]()
  }
}

function userOf({ member, user }: Pick<APIInteraction, 'member' | 'user'>) {
  const found = member?.user ?? user
  if (!found) throw new Error('an interaction of nobody')
  return found
}
