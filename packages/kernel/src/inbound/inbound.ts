import type { Address, Inbound, LedgerRecord, Role } from '@openclaw/protocol'
import type { Access, Admission } from '../access/access.ts'
import type { OwnerChat } from '../access/owner-chat.ts'
import { whenThere, type Awaitable } from '../awaitable.ts'
import type { Commands } from '../commands/open.ts'
import { parseCommand } from '../commands/parse.ts'
import type { openTell } from '../commands/tell.ts'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openOnce } from '../ledger/once.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Facts, Router } from '../router/router.ts'
import { lower } from '../runs/authority.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Changes } from './changes.ts'
import { openTurns, type Deed } from './turns.ts'

/** An event that was admitted, with everything that was found out about it. */
export interface Admitted {
  readonly channel: string
  readonly account: string
  readonly event: Inbound
  readonly dedupe: string
  readonly role: Role
  readonly session: string
  readonly agent: string
  /** Where the answer goes; fixed here. */
  readonly address: Address
}

/**
 * The way of a channel's event into the house: dedupe, interceptors, access, route, then a durable accept. Resolves when
 * the event is durable or known not to be ours; only then may the platform be told that we have it. Events of one peer
 * keep their order; they are made durable together.
 */
export function receiveInbound(parts: {
  platform: Platform
  ledger: Ledger
  access: Access
  plugins: Plugins
  commands: Commands
  tell: ReturnType<typeof openTell>
  ownerChat: OwnerChat
  changes: Changes
  router(): Router
  accept(asked: Asked): Promise<Accepted>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
  signal: AbortSignal
}): (channel: string, account: string, event: Inbound) => Promise<void> {
  const { ledger, access, plugins } = parts

  async function refuse(
    channel: string,
    account: string,
    event: Inbound,
    dedupe: string,
    reason: string,
    reply?: string,
  ) {
    const refused: LedgerRecord<'refused'> = {
      type: 'refused',
      dedupe,
      channel,
      account,
      sender: event.sender.id,
      reason,
    }
    const outbound: LedgerRecord<'outbound'> | undefined =
      reply === undefined
        ? undefined
        : {
            type: 'outbound',
            id: parts.platform.random.id(),
            address: { channel, account, peer: event.peer },
            text: reply,
            at: parts.platform.clock.now(),
          }
    await ledger.commit(outbound ? [refused, outbound] : [refused])
    if (outbound) parts.deliver([outbound])
  }

  async function say(admitted: Admitted, text: string): Promise<void> {
    const { channel, account, event, dedupe, role, session, agent, address } = admitted
    const { attachments } = event
    const inGroup = event.peer.kind === 'group'
    const pending = inGroup ? access.takePending(address) : []
    // Who spoke before has a word in it too, in every run that reads the line.
    const lowest = pending.reduce((sofar, one) => lower(sofar, one.role), role)
    const files = attachments?.length ? { attachments } : {}
    const ofMessage = event.message ? { message: event.message } : {}
    await parts.accept({
      session,
      agent,
      draft: {
        kind: 'user',
        body: {
          text,
          sender: event.sender,
          ...files,
          ...(event.replyTo ? { replyTo: event.replyTo } : {}),
          ...(event.quote ? { quote: event.quote } : {}),
          ...(pending.length > 0 ? { pending: pending.map(({ role: _, ...one }) => one) } : {}),
        },
        origin: { channel, account, peer: event.peer, sender: event.sender.id, ...ofMessage },
        role,
        trust: lowest === 'guest' ? 'outside' : lowest,
      },
      dedupe,
      role: lowest,
      reply: address,
      ...ofMessage,
      ...files,
      ...(event.group ? { group: event.group } : {}),
      ...(inGroup && event.message ? { replyTo: event.message } : {}),
    })
  }

  async function command(admitted: Admitted, typed: NonNullable<ReturnType<typeof parseCommand>>) {
    const { dedupe } = admitted
    const { reply, message } = await parts.commands.run(typed, admitted)
    if (message !== undefined) return say(admitted, message)
    const done: LedgerRecord = { type: 'done', dedupe, result: null }
    if (reply) await parts.tell(admitted, reply, [done])
    else await ledger.commit([done])
  }

  /** What shall be done with an event; the deed itself is begun in the order of the events and awaited apart. */
  function decide(channel: string, account: string, event: Inbound, dedupe: string): Awaitable<Deed> {
    if (plugins.intercepts('inbound')) return decideIntercepted(channel, account, event, dedupe)
    return whenThere(access.admit(channel, account, event), (admission) =>
      carryOut(channel, account, event, dedupe, admission),
    )
  }

  async function decideIntercepted(channel: string, account: string, original: Inbound, dedupe: string): Promise<Deed> {
    const answer = await plugins.intercept('inbound', { channel, account, event: original }, parts.signal)
    if ('failed' in answer) {
      const why = `an interceptor failed: ${answer.failed}`
      return () => refuse(channel, account, original, dedupe, why)
    }
    if ('stopped' in answer) return () => refuse(channel, account, original, dedupe, 'dropped by an interceptor')
    // Who said it and where is the platform's word, which nothing may change.
    const event = { ...answer.value.event, peer: original.peer, sender: original.sender, event: original.event }
    return carryOut(channel, account, event, dedupe, await access.admit(channel, account, event))
  }

  function carryOut(channel: string, account: string, event: Inbound, dedupe: string, admission: Admission): Deed {
    if (admission.verdict === 'pending') return async () => {}
    if (admission.verdict === 'pair')
      return () => refuse(channel, account, event, dedupe, 'not paired', admission.reply)
    if (admission.verdict === 'refuse') return () => refuse(channel, account, event, dedupe, admission.reason)
    const { session, agent } = parts.router().route(facts(channel, account, event))
    const address: Address = { channel, account, peer: event.peer }
    const admitted: Admitted = { channel, account, event, dedupe, role: admission.role, session, agent, address }
    if (admission.role === 'owner' && event.peer.kind === 'direct') parts.ownerChat.wrote(address)
    if (event.kind !== 'message' && !admission.anew) return () => parts.changes.take(admitted)
    const typed = parseCommand(event.text)
    return () => (typed ? command(admitted, typed) : say(admitted, event.text))
  }

  const once = openOnce()
  const inTurn = openTurns()
  return (channel, account, event) => {
    // Answering our own words and other programs' is how loops begin.
    if (!access.hears(channel, event)) return Promise.resolve()
    const dedupe = dedupeKey(channel, account, event.peer.id, event.event)
    if (ledger.seen(dedupe)) return Promise.resolve()
    // Two peers with one key would only wait for each other's decisions.
    const peer = `${channel}/${account}/${event.peer.id}`
    return once(dedupe, () => inTurn(peer, () => decide(channel, account, event, dedupe)))
  }
}

function facts(channel: string, account: string, event: Inbound): Facts {
  return {
    channel,
    account,
    peer: event.peer,
    ...(event.parent ? { parent: event.parent } : {}),
    ...(event.guild ? { guild: event.guild } : {}),
    ...(event.team ? { team: event.team } : {}),
    ...(event.sender.roles ? { roles: event.sender.roles } : {}),
  }
}
