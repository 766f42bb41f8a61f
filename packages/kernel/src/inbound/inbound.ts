import type { Address, Inbound, LedgerRecord, Role } from '@openclaw/protocol'
import type { Access } from '../access/access.ts'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openOnce } from '../ledger/once.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Facts, Route, Router } from '../router/router.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Sessions } from '../sessions/sessions.ts'

/**
 * The way of a channel's event into the house: dedupe, interceptors, access, route, then a durable accept. Resolves when
 * the event is durable or known not to be ours; only then may the platform be told that we have it.
 */
export function openInbound(parts: {
  platform: Platform
  ledger: Ledger
  sessions: Sessions
  access: Access
  plugins: Plugins
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

  async function admitted(channel: string, account: string, event: Inbound, dedupe: string, role: Role) {
    const route = parts.router().route(facts(channel, account, event))
    const address: Address = { channel, account, peer: event.peer }
    if (event.kind !== 'message') return changeEarlier(channel, account, event, dedupe, role, route)
    const pending = event.peer.kind === 'group' ? access.takePending(address) : []
    await parts.accept({
      session: route.session,
      agent: route.agent,
      draft: {
        kind: 'user',
        body: {
          text: event.text,
          sender: event.sender,
          ...(event.attachments?.length ? { attachments: event.attachments } : {}),
          ...(event.replyTo ? { replyTo: event.replyTo } : {}),
          ...(pending.length > 0 ? { pending: [...pending] } : {}),
        },
        origin: { channel, account, peer: event.peer, sender: event.sender.id, message: event.message },
        role,
        trust: role === 'guest' ? 'outside' : role,
      },
      dedupe,
      role,
      reply: address,
      ...(event.peer.kind === 'group' ? { replyTo: event.message } : {}),
    })
  }

  /** An edit, a deletion or a reaction: a line of its own that points at the message. */
  async function changeEarlier(
    channel: string,
    account: string,
    event: Inbound,
    dedupe: string,
    role: Role,
    route: Route,
  ) {
    const session = await parts.sessions.open(route.session)
    if (session.seq === 0) return
    const common = {
      origin: { channel, account, peer: event.peer, sender: event.sender.id, message: event.message },
      role,
    }
    await parts.sessions.commit({
      session: route.session,
      agent: route.agent,
      drafts: [
        event.kind === 'reaction'
          ? { kind: 'reaction', body: { message: event.message, emoji: event.text, sender: event.sender }, ...common }
          : {
              kind: 'revision',
              body: { message: event.message, text: event.kind === 'edit' ? event.text : '' },
              ...common,
            },
      ],
      records: () => [{ type: 'done', dedupe, result: null }],
    })
  }

  async function take(channel: string, account: string, original: Inbound, dedupe: string) {
    let event = original
    if (plugins.intercepts('inbound')) {
      const answer = await plugins.intercept('inbound', { channel, account, event }, parts.signal)
      if ('failed' in answer) return refuse(channel, account, event, dedupe, `an interceptor failed: ${answer.failed}`)
      if ('stopped' in answer) return refuse(channel, account, event, dedupe, 'dropped by an interceptor')
      // Who said it and where is the platform's word, which nothing may change.
      event = { ...answer.value.event, peer: original.peer, sender: original.sender, event: original.event }
    }
    const admission = await access.admit(channel, account, event)
    if (admission.verdict === 'admit') return admitted(channel, account, event, dedupe, admission.role)
    if (admission.verdict === 'pair') return refuse(channel, account, event, dedupe, 'not paired', admission.reply)
    if (admission.verdict === 'refuse') return refuse(channel, account, event, dedupe, admission.reason)
  }

  const once = openOnce()
  return async (channel, account, event) => {
    // Our own words and other programs' are nobody's request: answering them is how loops begin.
    if (event.sender.self || event.sender.bot) return
    const dedupe = dedupeKey(channel, account, event.peer.id, event.event)
    if (!ledger.seen(dedupe)) await once(dedupe, () => take(channel, account, event, dedupe))
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
