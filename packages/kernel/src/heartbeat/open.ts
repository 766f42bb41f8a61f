import { join } from 'node:path'
import { isLine, toFailure, type Address, type AgentConfig, type LedgerRecord, type Role } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Access } from '../access/access.ts'
import type { OwnerChat } from '../access/owner-chat.ts'
import type { Configuration } from '../config/configuration.ts'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { ownSession } from '../methods/caller.ts'
import type { Platform } from '../platform.ts'
import { sessionKey } from '../router/key.ts'
import { lower } from '../runs/authority.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Outcomes } from '../runs/outcomes.ts'
import type { Runner } from '../runs/runner.ts'
import { agentFolder } from '../sandboxes/place.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { intervalOf, isActive } from './hours.ts'
import { openBeats, type Beat } from './record.ts'
import { isEmpty, messageOf, saidIn } from './words.ts'

type Heartbeat = NonNullable<AgentConfig['heartbeat']>

/** Where an agent's heart beats: the session, the chat that hears of it, and the role that its words have there. */
interface Place {
  readonly session: string
  readonly to?: Address
  readonly role: Role
}

/** The clock is looked at this often at least: people set it, machines sleep, and a busy session becomes idle. */
const lookMs = 60_000
const waitMs = 600_000
/** A run has fewer lines. */
const mostLines = 1000

/**
 * Lets agents look after things by themselves, those that are configured so: at most once per interval, in the session
 * of the owner's last chat, and without a word when there is nothing to say. A beat is recorded on the disk before its
 * message is accepted, so that no restart doubles it; what it leads to goes through the ledger as every message does.
 */
export async function openHeartbeat(parts: {
  platform: Platform
  home: string
  configuration: Pick<Configuration, 'value' | 'onChange'>
  ledger: Ledger
  sessions: Sessions
  lanes: Pick<Runner['lanes'], 'running' | 'waiting'>
  outcomes: Pick<Outcomes, 'wait'>
  access: Pick<Access, 'standing'>
  ownerChat: Pick<OwnerChat, 'address'>
  log: Log
  accept(asked: Asked): Promise<Accepted>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Promise<Disposable> {
  const { platform, ledger, log, sessions, configuration } = parts
  const { clock } = platform
  const beats = await openBeats(parts)
  const ended = new AbortController()
  /** Agents for whom something is being done. */
  const attended = new Set<string>()
  /** What was told of an agent already, until the configuration is another. */
  const told = new Map<string, string>()
  let timer: Disposable | undefined

  const keyOf = (agent: string, at: number) => dedupeKey('rpc', 'heartbeat', `${agent}/${at}`)

  function look(): void {
    timer?.[Symbol.dispose]()
    timer = undefined
    if (ended.signal.aborted) return
    const now = clock.now()
    let waitFor = Infinity
    for (const [agent, { heartbeat }] of Object.entries(configuration.value.agents ?? {})) {
      if (!heartbeat) continue
      const left = (beats.get(agent)?.at ?? now) + intervalOf(heartbeat) - now
      waitFor = Math.min(waitFor, lookMs, left > 0 ? left : lookMs)
      void attend(agent, () => consider(agent, heartbeat, now))
    }
    if (waitFor < Infinity) timer = clock.after(waitFor, look)
  }

  /** One thing at a time is done for an agent. */
  async function attend(agent: string, task: () => Promise<void>): Promise<void> {
    if (attended.has(agent)) return
    attended.add(agent)
    try {
      await task()
    } catch (error) {
      complain(agent, toFailure(error).message)
    } finally {
      attended.delete(agent)
    }
  }

  function complain(agent: string, why: string): void {
    if (ended.signal.aborted || told.get(agent) === why) return
    told.set(agent, why)
    log.warn(`the heartbeat of ${agent} was left out: ${why}`)
  }

  /** Beats if it is time to, and everything is as it has to be. */
  async function consider(agent: string, heartbeat: Heartbeat, now: number): Promise<void> {
    const last = beats.get(agent)
    // The disk may have refused what came of it.
    if (last?.pending) return follow(agent, last)
    // From now on it is counted; and again when the clock was set back behind the last one.
    if (!last || last.at > now) return beats.save(agent, { at: now })
    if (now < last.at + intervalOf(heartbeat) || !isActive(heartbeat, now)) return
    const place = await placeOf(agent, heartbeat)
    if (!place) return complain(agent, 'its target may not speak with us any more')
    if (parts.lanes.running(place.session) || parts.lanes.waiting(place.session) > 0) return
    const notes = await notesOf(agent)
    if (heartbeat.prompt === undefined && notes !== undefined && isEmpty(notes)) return beats.save(agent, { at: now })
    await beat(
      agent,
      heartbeat,
      { at: now, pending: { session: place.session, ...(place.to && { to: place.to }) } },
      place.role,
      notes,
    )
  }

  async function beat(agent: string, heartbeat: Heartbeat, now: Beat, role: Role, notes: string | undefined) {
    const { at } = now
    const { session } = now.pending!
    const { prompt, model, active } = heartbeat
    const message = messageOf({ atMs: at, timeZone: active?.timeZone, prompt, notes })
    await beats.save(agent, now)
    await parts.accept({
      session,
      agent,
      draft: {
        kind: 'user',
        body: { text: message },
        // What we say for the owner is not what the owner said.
        origin: { channel: 'local', account: 'default', peer: { kind: 'direct', id: 'owner' }, sender: 'heartbeat' },
        role,
        trust: role === 'guest' ? 'outside' : role,
      },
      dedupe: keyOf(agent, at),
      role,
      ...(model === undefined ? {} : { ask: { model } }),
    })
    await follow(agent, now)
  }

  /** Waits for the run of a beat to end, and says what it found to its chat. */
  async function follow(agent: string, { at, pending }: Beat): Promise<void> {
    const dedupe = keyOf(agent, at)
    const accepted = ledger.seen(dedupe)
    let status = accepted?.accept === undefined ? 'lost' : 'pending'
    while (status === 'pending' && !ended.signal.aborted)
      ({ status } = await parts.outcomes.wait(accepted!.accept!, waitMs, ended.signal))
    if (ended.signal.aborted) return
    const text = status === 'answered' ? saidIn(await answerTo(pending!.session, accepted!.line!)) : ''
    if (status !== 'answered') log.info(`the heartbeat of ${agent} ended without an answer: ${status}`)
    if (text && pending!.to) await say(text, pending!.session, pending!.to, dedupe)
    await beats.save(agent, { at })
  }

  /** What a run answered to a line; empty when it answered something else with it, as that went out already. */
  async function answerTo(session: string, line: string): Promise<string> {
    // Its run may have been summarised meanwhile.
    const { lines } = await sessions.history(session, { limit: mostLines })
    const begun = lines.find((one) => isLine(one, 'run') && one.body.takes.includes(line))
    if (!begun || !isLine(begun, 'run') || begun.body.takes.length > 1) return ''
    const { run } = begun.body
    if (lines.some((one) => isLine(one, 'take') && one.body.run === run)) return ''
    const last = lines.findLast((one) => isLine(one, 'assistant') && one.body.run === run)
    return last && isLine(last, 'assistant')
      ? last.body.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
      : ''
  }

  async function say(text: string, session: string, address: Address, dedupe: string): Promise<void> {
    const said = `${dedupe}/said`
    if (ledger.seen(said)) return
    const outbound: LedgerRecord<'outbound'> = {
      type: 'outbound',
      id: platform.random.id(),
      session,
      address,
      text,
      at: clock.now(),
    }
    await ledger.commit([{ type: 'done', dedupe: said, result: outbound.id }, outbound])
    parts.deliver([outbound])
  }

  async function placeOf(agent: string, { target = 'last' }: Heartbeat): Promise<Place | undefined> {
    const own: Place = { session: ownSession(agent, 'owner'), role: 'owner' }
    const to = target === 'last' ? parts.ownerChat.address : target === 'none' ? undefined : target
    if (!to) return own
    const { channel, account, peer } = to
    const role = await parts.access.standing(channel, account, peer)
    // Whoever wrote last as the owner may be one no longer.
    if (target === 'last' && role !== 'owner') return own
    return role && { session: sessionKey(agent, channel, account, peer), to, role: lower('owner', role) }
  }

  /** The text of HEARTBEAT.md. A link is none: it could lead anywhere. */
  async function notesOf(agent: string): Promise<string | undefined> {
    const file = join(agentFolder(parts.home, agent, configuration.value.agents?.[agent]), 'HEARTBEAT.md')
    const stat = await platform.files.stat(file)
    return stat?.kind === 'file' ? platform.files.readText(file) : undefined
  }

  const watching = configuration.onChange(() => {
    told.clear()
    look()
  })
  look()
  return {
    [Symbol.dispose]() {
      ended.abort()
      watching[Symbol.dispose]()
      timer?.[Symbol.dispose]()
    },
  }
}
