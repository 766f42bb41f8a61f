import { failure, type LedgerRecord, type Role } from '@openclaw/protocol'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openOnce } from '../ledger/once.ts'
import type { Media } from '../media.ts'
import type { Platform } from '../platform.ts'
import { addressOf, parseKey } from '../router/key.ts'
import { lower } from '../runs/authority.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Lanes } from '../runs/lanes.ts'
import type { Outcomes } from '../runs/outcomes.ts'
import { stopTree } from '../runs/tree.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { checkSession, ownSession, type Caller, type Handlers } from './caller.ts'

/** Saying something, reading what was said, stopping. */
export function chatMethods(parts: {
  platform: Platform
  ledger: Ledger
  sessions: Sessions
  lanes: Lanes
  outcomes: Outcomes
  media: Media
  defaultAgent(): string
  knownAgent(agent: string): boolean
  accept(asked: Asked): Promise<Accepted>
  /** Ends accepts that no run will answer. */
  cancel(accepts: readonly LedgerRecord<'accept'>[], reason: string, how?: { readonly silent?: boolean }): Promise<void>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Handlers<'chat.send' | 'chat.history' | 'chat.abort' | 'chat.inject' | 'agent' | 'agent.wait' | 'send'> {
  const { platform, ledger, sessions } = parts
  const once = openOnce()

  async function say(
    caller: Caller,
    session: string,
    params: { message: string; model?: string; thinking?: string; idempotencyKey: string },
    more: Pick<Asked, 'reply'> & { role?: Role; attachments?: { ref: string; mime: string; name?: string }[] } = {},
  ) {
    checkSession(caller, session)
    const key = parseKey(session)
    if (!key)
      throw failure(
        'invalid_params',
        `session: ${JSON.stringify(session.slice(0, 200))} is not a session key; one looks like agent:main:local:default:owner`,
      )
    if (!parts.knownAgent(key.agent)) {
      throw failure('not_found', `agent "${key.agent}" is not configured; see \`openclaw agents list\``)
    }
    const role = lower(caller.role, more.role)
    // Who is asked for pays for it, not the caller.
    const origin =
      role === caller.role
        ? {
            channel: 'local',
            account: 'default',
            peer: { kind: 'direct' as const, id: caller.principal },
            // What a tool says for the owner is not what the owner said.
            ...(role === 'owner' && caller.run !== undefined ? { sender: `run:${caller.run}` } : {}),
          }
        : { channel: key.channel, account: key.account, peer: key.peer }
    const { id, line, repeated } = await parts.accept({
      session,
      agent: key.agent,
      draft: {
        kind: 'user',
        body: { text: params.message, ...(more.attachments?.length ? { attachments: more.attachments } : {}) },
        origin,
        role,
        trust: role === 'guest' ? 'outside' : role,
      },
      dedupe: dedupeKey('rpc', caller.principal, params.idempotencyKey),
      role,
      ...(more.reply ? { reply: more.reply } : {}),
      ...(params.model || params.thinking
        ? {
            ask: {
              ...(params.model ? { model: params.model } : {}),
              ...(params.thinking ? { thinking: params.thinking } : {}),
            },
          }
        : {}),
    })
    return { run: id, session, line, repeated }
  }

  return {
    async 'chat.send'(params, caller) {
      const session = params.session ?? ownSession(parts.defaultAgent(), caller.principal)
      const attachments = await Promise.all(
        (params.attachments ?? []).map(({ name, mime, data }) =>
          parts.media.store(Buffer.from(data, 'base64'), mime, name),
        ),
      )
      return say(caller, session, params, { attachments })
    },
    async 'chat.history'({ session, before, after, limit = 200 }, caller) {
      checkSession(caller, session)
      const page = await sessions.history(session, {
        ...(before !== undefined ? { before } : {}),
        ...(after !== undefined ? { after } : {}),
        limit,
      })
      const running = parts.lanes.running(session)
      return { lines: [...page.lines], more: page.more, running: running ? [running.id] : [] }
    },
    async 'chat.abort'({ session, run }, caller) {
      checkSession(caller, session)
      const running = parts.lanes.running(session)
      if (run !== undefined && running && running.id !== run) return { aborted: [] }
      return { aborted: [...(await stopTree(parts, session, `stopped by ${caller.principal}`))] }
    },
    async 'chat.inject'({ session, message, label, idempotencyKey }, caller) {
      checkSession(caller, session)
      const dedupe = dedupeKey('rpc', caller.principal, idempotencyKey)
      const known = ledger.seen(dedupe)?.result
      if (typeof known === 'string') return { line: known }
      const key = parseKey(session)
      if (!key) throw failure('invalid_params', 'session: not a session key')
      return once(dedupe, async () => {
        const lines = await sessions.commit({
          session,
          agent: key.agent,
          drafts: [{ kind: 'note', body: { text: message, ...(label ? { label } : {}) }, role: caller.role }],
          records: (stamped) => [{ type: 'done', dedupe, result: stamped.at(-1)!.id }],
        })
        return { line: lines.at(-1)!.id }
      })
    },
    agent(params, caller) {
      const agent = params.agent ?? parts.defaultAgent()
      // A repeated call must reach the session of the first one, so the new session's name comes from the key.
      const session = params.session ?? ownSession(agent, caller.principal, params.idempotencyKey)
      if ((params.deliver ?? params.reply) !== undefined && caller.role !== 'owner') {
        throw failure('forbidden', 'agent: only the owner may have an answer delivered to a peer')
      }
      if ((params.deliver ?? params.reply) !== undefined && caller.run !== undefined)
        throw failure('forbidden', 'agent: a tool may not have an answer delivered to a peer; use messages.send')
      const reply = params.deliver ?? (params.reply === undefined ? undefined : addressOf(params.reply))
      return say(caller, session, params, {
        ...(reply ? { reply } : {}),
        ...(params.role ? { role: params.role } : {}),
      })
    },
    async 'agent.wait'({ run, timeoutMs = 30_000 }, caller) {
      const outcome = await parts.outcomes.wait(run, timeoutMs, caller.signal)
      if (outcome.session) checkSession(caller, outcome.session)
      return outcome
    },
    async send({ to, message, attachments, replyTo, idempotencyKey }, caller) {
      if (caller.role !== 'owner') throw failure('forbidden', 'send: only the owner may write to peers directly')
      // A tool would go past the question that the owner is asked before a run writes to another chat.
      if (caller.run !== undefined) throw failure('forbidden', 'send: it is not for tools; use messages.send')
      const dedupe = dedupeKey('rpc', caller.principal, idempotencyKey)
      const known = ledger.seen(dedupe)?.result
      if (typeof known === 'string') return { delivery: known, repeated: true }
      const outbound: LedgerRecord<'outbound'> = {
        type: 'outbound',
        id: platform.random.id(),
        address: to,
        text: message,
        ...(attachments ? { attachments } : {}),
        ...(replyTo ? { replyTo } : {}),
        at: platform.clock.now(),
      }
      return once(dedupe, async () => {
        await ledger.commit([{ type: 'done', dedupe, result: outbound.id }, outbound])
        parts.deliver([outbound])
        return { delivery: outbound.id, repeated: false }
      })
    },
  }
}
