import { failure, toFailure, type Address, type LedgerRecord } from '@openclaw/protocol'
import type { Link } from '@openclaw/sdk'
import type { Channels } from '../channels/channels.ts'
import { deadline, within } from '../deadline.ts'
import { render } from '../delivery/compose.ts'
import type { Delivery } from '../delivery/deliver.ts'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openOnce } from '../ledger/once.ts'
import type { Platform } from '../platform.ts'
import type { PluggedChannel, Plugins } from '../plugins/host.ts'
import { optionChoices } from '../runs/options.ts'
import type { Runner } from '../runs/runner.ts'
import type { Caller, Handlers } from './caller.ts'

type Names = 'messages.send' | 'messages.react' | 'messages.edit' | 'messages.delete'
type Found = { readonly link: Link; readonly channel: PluggedChannel }

/** Who sends waits so long for the platform; what takes longer is owed all the same. */
const arrivalMs = 10_000
const callMs = 30_000

/**
 * What a run does in its chat beside its answer. A sent message is owed by the ledger. The others are made once: the
 * same reaction, edit or deletion made again has the effect of one, and the gate has left an intent before.
 */
export function messageMethods(parts: {
  platform: Platform
  ledger: Ledger
  plugins: Pick<Plugins, 'intercepts' | 'intercept'>
  channels: Pick<Channels, 'link'>
  delivery: Delivery
  runner: Pick<Runner, 'find'>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Handlers<Names> {
  const { platform, ledger, plugins } = parts
  const once = openOnce()

  function chatOf(caller: Caller, wanted: Address | undefined): Address {
    if (caller.run !== undefined) return parts.runner.find(caller.run).chats.find(wanted)
    if (caller.role !== 'owner') throw failure('forbidden', 'messages: only the owner may write to a chat directly')
    if (!wanted) throw failure('invalid_params', 'messages: chat is needed, as no run calls')
    return wanted
  }

  /** Does something through a chat's link. `needs`: what the link must be able to, in words. */
  async function through<T>(
    { channel, account }: Address,
    doing: string,
    caller: Caller,
    work: (found: Found, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const found = parts.channels.link(channel, account)
    if (!found) throw failure('unavailable', `${channel}/${account}: ${doing}: it is not online; try again later`)
    using limit = deadline(platform.clock, callMs, `${channel}/${account}: ${doing}`, caller.signal)
    return within(work(found, limit.signal), limit.signal)
  }
  const unable = ({ channel }: Address, what: string) =>
    failure('unsupported', `${channel} cannot ${what} messages; send another one instead`)

  const sentKey = ({ channel, account, peer }: Address, message: string) =>
    dedupeKey('sent', `${channel}/${account}`, peer.id, message)
  /** On some platforms a bot may change what others wrote, so that only what is known as ours is touched. */
  function checkOurs(chat: Address, message: string) {
    if (!ledger.seen(sentKey(chat, message)))
      throw failure('not_found', `message ${message} is none that was sent here with messages.send in the last week`)
  }

  /** The text as its channel writes it; an outbound interceptor has its word as with what is sent. */
  async function rendered(chat: Address, text: string, { channel }: Found, signal: AbortSignal): Promise<string> {
    let message = { peer: chat.peer, text, idempotencyKey: '' }
    if (plugins.intercepts('outbound')) {
      const value = { channel: chat.channel, account: chat.account, message }
      const answer = await plugins.intercept('outbound', value, signal)
      if ('failed' in answer) throw failure('unavailable', `an outbound interceptor failed: ${answer.failed}`)
      if ('stopped' in answer) throw failure('forbidden', 'an interceptor does not let this text out')
      message = { ...message, text: answer.value.message.text }
    }
    const [piece, more] = await render(message.text, channel)
    if (piece === undefined || more !== undefined)
      throw failure('invalid_params', `${chat.channel}: the text must fit into one message; make it shorter`)
    return piece
  }

  return {
    async 'messages.send'({ chat, message, replyTo, options = [], idempotencyKey }, caller) {
      const address = chatOf(caller, chat)
      const dedupe = dedupeKey('rpc', caller.principal, idempotencyKey)
      const known = ledger.seen(dedupe)?.result as { delivery: string } | undefined
      if (known) return { ...known, state: 'queued', messages: [] }
      return once(dedupe, async () => {
        const run = caller.run === undefined ? undefined : parts.runner.find(caller.run)
        const id = platform.random.id()
        const outbound: LedgerRecord<'outbound'> = {
          type: 'outbound',
          id,
          ...(run ? { session: run.session, run: run.id } : {}),
          address,
          text: [message, ...options.map((option, at) => `${at + 1}. ${option}`)].join('\n'),
          ...(replyTo ? { replyTo } : {}),
          ...(options.length > 0 ? { choices: optionChoices(options) } : {}),
          at: platform.clock.now(),
        }
        await ledger.commit([{ type: 'done', dedupe, result: { delivery: id } }, outbound])
        using limit = deadline(platform.clock, arrivalMs, 'sending', caller.signal)
        const arrival = parts.delivery.arrives(id, limit.signal)
        parts.deliver([outbound])
        const { state, messages, ...why } = await arrival
        if (messages.length > 0)
          await ledger.commit(messages.map((one) => ({ type: 'done', dedupe: sentKey(address, one), result: id })))
        return { delivery: id, state, messages: [...messages], ...why }
      })
    },
    async 'messages.react'({ chat, message, emoji }, caller) {
      const address = chatOf(caller, chat)
      const answered =
        chat || caller.run === undefined
          ? undefined
          : parts.runner.find(caller.run).accepts.findLast((one) => one.message)?.message
      const to = message ?? answered
      if (to === undefined) throw failure('invalid_params', 'messages.react: message is needed, as no run answers one')
      await through(address, 'reacting', caller, async ({ link }, signal) => {
        if (!link.react) throw unable(address, 'react to')
        await link.react(address.peer, to, emoji, signal)
      })
      return { ok: true }
    },
    async 'messages.edit'({ chat, message, text }, caller) {
      const address = chatOf(caller, chat)
      await through(address, 'editing a message', caller, async (found, signal) => {
        if (!found.link.edit) throw unable(address, 'edit')
        checkOurs(address, message)
        await found.link.edit(address.peer, message, await rendered(address, text, found, signal), signal)
      })
      return { ok: true }
    },
    async 'messages.delete'({ chat, message }, caller) {
      const address = chatOf(caller, chat)
      await through(address, 'deleting a message', caller, async ({ link }, signal) => {
        if (!link.delete) throw unable(address, 'delete')
        checkOurs(address, message)
        await link.delete(address.peer, message, signal).catch((error: unknown) => {
          if (toFailure(error).code !== 'not_found') throw error
        })
      })
      return { ok: true }
    },
  }
}
