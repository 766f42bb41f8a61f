import {
  toFailure,
  type Address,
  type Config,
  type LedgerRecord,
  type MethodResult,
  type Outbound,
  type Receipt,
} from '@openclaw/protocol'
import type { Link, Log } from '@openclaw/sdk'
import { deadline, within } from '../deadline.ts'
import type { Emit } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { PluggedChannel, Plugins } from '../plugins/host.ts'
import { concealFailure } from '../runs/conceal.ts'
import { insist } from '../runs/insist.ts'
import { openArrivals, type Arrival } from './arrivals.ts'
import { chunksOf, fitToChannel } from './compose.ts'
import { holdLate } from './late.ts'

type Owed = LedgerRecord<'outbound'>

/** Where an outbound goes through. */
export interface Lines {
  /** The live link of an account; undefined while it is not online. */
  link(channel: string, account: string): { readonly link: Link; readonly channel: PluggedChannel } | undefined
  /** Calls back whenever a link came online. */
  onOnline(listen: (channel: string, account: string) => void): Disposable
  sent(channel: string, account: string): void
}

/** Brings what is owed to its peer: in order per peer, each chunk with a receipt in the ledger before the next. */
export interface Delivery extends AsyncDisposable {
  /** `recovered`: an earlier process owed them, so they may be there already, or be too late. */
  enqueue(outbounds: readonly Owed[], recovered?: boolean): void
  list(state?: string): MethodResult<'deliveries.list'>['deliveries']
  /** What becomes of an outbound that is about to be queued; `queued` when the signal aborts first. */
  arrives(id: string, signal: AbortSignal): Promise<Arrival>
  /** Owes what is held or dead again; false when it is neither. */
  retry(id: string): Promise<boolean>
  /** Gives up what is not being sent right now; false when it is not there. */
  drop(id: string): Promise<boolean>
}

const maxAttempts = 8
const sendTimeoutMs = 60_000

interface Item {
  owed: Owed
  attempts: number
  /** The platform may have it already: ask before sending. */
  doubtful: boolean
  /** An earlier process owed it, and nobody looked yet whether it is too late for it. */
  old: boolean
  state: 'queued' | 'sending'
}

export function openDelivery(parts: {
  platform: Platform
  ledger: Ledger
  plugins: Plugins
  lines: Lines
  emit: Emit
  log: Log
  config(): Config
  /** Puts `***` in the place of every secret that the gateway knows. */
  mask(text: string): string
}): Delivery {
  const { platform, ledger, plugins, lines, emit, log } = parts
  const lanes = new Map<string, Item[]>()
  const busy = new Set<string>()
  const closing = new AbortController()
  const arrivals = openArrivals()
  const laneOf = ({ channel, account, peer }: Address) =>
    JSON.stringify([channel, account, peer.kind, peer.id, peer.thread])

  const show = (
    owed: Owed,
    state: 'queued' | 'sending' | 'held' | 'dead',
    attempts: number,
    why: { failure?: LedgerRecord<'dead'>['failure']; reason?: string } = {},
  ) => ({
    id: owed.id,
    state,
    address: owed.address,
    ...(owed.session ? { session: owed.session } : {}),
    text: owed.text.slice(0, 200),
    createdAt: owed.at,
    attempts,
    ...why,
  })

  function wake(lane: string) {
    const items = lanes.get(lane)
    if (!items || busy.has(lane) || closing.signal.aborted) return
    busy.add(lane)
    void work(lane, items).finally(() => {
      busy.delete(lane)
      // A link may have come online while the lane was going to sleep.
      const next = items[0]?.owed.address
      if (next && lines.link(next.channel, next.account)) wake(lane)
    })
  }

  async function work(lane: string, items: Item[]) {
    while (items.length > 0 && !closing.signal.aborted) {
      const item = items[0]!
      const { channel, account } = item.owed.address
      const open = lines.link(channel, account)
      // The lane sleeps until the link is online; `onOnline` wakes it.
      if (!open) return
      item.state = 'sending'
      const step = items.some(({ old }) => old) ? sortOut(items, open.link) : send(item, open)
      const done = await step.catch((error: unknown) => giveUpOrWait(item, error))
      item.state = 'queued'
      if (done) items.shift()
    }
    if (items.length === 0) lanes.delete(lane)
  }

  /** Takes out of a lane what came too late for it, and puts the notice about it there. */
  async function sortOut(items: Item[], link: Link): Promise<false> {
    const old = items.filter((item) => item.old)
    using limit = deadline(platform.clock, sendTimeoutMs, 'looking for what arrived', closing.signal)
    const owed = old.map((item) => item.owed)
    const late = await holdLate(parts, owed, link, limit.signal)
    for (const item of old) item.old = false
    if (!late) return false
    const gone = new Set([...late.held, ...late.replaced])
    items.splice(0, items.length, ...items.filter((item) => !gone.has(item.owed)))
    items.unshift({ owed: late.notice, attempts: 0, doubtful: false, old: false, state: 'queued' })
    const reason = 'it was late'
    for (const one of late.held)
      emit('delivery.changed', { id: one.id, state: 'held', delivery: show(one, 'held', 0, { reason }) }, one.session)
    return false
  }

  /** Makes durable what became of an outbound, however long the disk refuses it; false when the gateway stops first. */
  const kept = (record: Extract<LedgerRecord, { readonly outbound: string }>) =>
    insist({ platform, log, closing: closing.signal }, `delivery ${record.outbound}`, () => ledger.commit([record]))

  /** The same for a step of sending: what a disk refuses is not sent again for that. Rejects when the gateway stops. */
  async function keep(record: Parameters<typeof kept>[0]): Promise<void> {
    if (!(await kept(record))) closing.signal.throwIfAborted()
  }

  async function send(item: Item, { link, channel }: { link: Link; channel: PluggedChannel }): Promise<true> {
    const { owed } = item
    const { peer } = owed.address
    using limit = deadline(
      platform.clock,
      sendTimeoutMs,
      `${owed.address.channel}/${owed.address.account}: sending`,
      closing.signal,
    )
    const { signal } = limit
    let message: Outbound = {
      peer,
      text: owed.text,
      idempotencyKey: owed.id,
      ...(owed.attachments ? { attachments: owed.attachments } : {}),
      ...(owed.replyTo ? { replyTo: owed.replyTo } : {}),
      ...(owed.choices ? { choices: owed.choices } : {}),
    }
    if (plugins.intercepts('outbound')) {
      const value = { channel: owed.address.channel, account: owed.address.account, message }
      const answer = await plugins.intercept('outbound', value, signal)
      if ('failed' in answer) throw new Error(`an outbound interceptor failed: ${answer.failed}`)
      if ('stopped' in answer) {
        await keep({ type: 'cancelled', outbound: owed.id, reason: 'an interceptor dropped it' })
        arrivals.end(owed.id, 'cancelled')
        emit('delivery.changed', { id: owed.id, state: 'cancelled' }, owed.session)
        return true
      }
      // The address was fixed when the message was accepted: nothing may change it here.
      message = { ...answer.value.message, peer, idempotencyKey: owed.id }
    }
    const chunks = await within(chunksOf(owed, fitToChannel(message, channel), channel), signal)
    const { sent: from = 0, sending } = ledger.owed.outbounds.get(owed.id) ?? {}
    for (let chunk = from; chunk < chunks.length; chunk++) {
      const piece = chunks[chunk]!
      const last = chunk === chunks.length - 1
      const receipt = await sendChunk(item, chunk, piece, { link, channel }, sending, signal)
      await keep({ type: 'sent', outbound: owed.id, chunk, receipt, last })
      item.doubtful = false
      item.attempts = 0
      arrivals.add(owed.id, receipt.messages)
    }
    arrivals.end(owed.id, 'sent')
    lines.sent(owed.address.channel, owed.address.account)
    emit('delivery.changed', { id: owed.id, state: 'sent' }, owed.session)
    return true
  }

  /** Brings one chunk to the platform, or finds it there. */
  async function sendChunk(
    item: Item,
    chunk: number,
    piece: Outbound,
    { link, channel }: { link: Link; channel: PluggedChannel },
    sending: number | undefined,
    signal: AbortSignal,
  ): Promise<Receipt> {
    const { id, preview, address } = item.owed
    const { peer } = address
    if (chunk === 0 && preview !== undefined && link.edit && piece.text) {
      try {
        // An edit that is made twice has the effect of one, so nothing needs to be looked up.
        await within(link.edit(peer, preview, piece.text, signal), signal)
        return { messages: [preview] }
      } catch (error) {
        const { code } = toFailure(error)
        // The preview is gone, or too old: the answer comes as a message of its own.
        if (code !== 'not_found' && code !== 'invalid_params' && code !== 'forbidden') throw error
      }
    }
    if (channel.traits.delivery === 'at-most-once') {
      if (sending === chunk && item.doubtful) {
        log.warn(`delivery ${id} to ${address.channel}: chunk ${chunk} may be lost; it is not repeated there`)
        return { messages: [] }
      }
      await keep({ type: 'sending', outbound: id, chunk })
    }
    const found = item.doubtful ? await link.find?.(peer, piece.idempotencyKey, signal) : undefined
    if (found) return found
    item.doubtful = true
    try {
      return await within(link.send(piece, signal), signal)
    } catch (error) {
      // The channel says itself that nothing arrived; being asked to wait with a look says nothing of that.
      const { code, retryAfterMs } = toFailure(error)
      if (code === 'rate_limited' || retryAfterMs !== undefined) item.doubtful = false
      throw error
    }
  }

  /** False: try the same again later. True: it is dead, the next one may go. */
  async function giveUpOrWait(item: Item, thrown: unknown): Promise<boolean> {
    const failure = concealFailure(toFailure(thrown), parts.mask)
    if (closing.signal.aborted) return false
    item.attempts++
    if (failure.code === 'rate_limited') {
      await pause(failure.retryAfterMs ?? 1000)
      return false
    }
    const transient = failure.code === 'unavailable' || failure.code === 'aborted' || failure.code === 'internal'
    if (transient && item.attempts < maxAttempts) {
      const backoffMs = Math.min(500 * 2 ** item.attempts, 60_000) * (0.75 + platform.random.number() / 2)
      await pause(Math.max(backoffMs, failure.retryAfterMs ?? 0))
      return false
    }
    log.warn(`delivery ${item.owed.id} to ${item.owed.address.channel} was given up`, { error: failure.message })
    if (!(await kept({ type: 'dead', outbound: item.owed.id, failure }))) return false
    arrivals.end(item.owed.id, 'dead', failure)
    emit(
      'delivery.changed',
      { id: item.owed.id, state: 'dead', delivery: show(item.owed, 'dead', item.attempts, { failure }) },
      item.owed.session,
    )
    return true
  }

  const pause = (ms: number) => platform.clock.sleep(ms, closing.signal).catch(() => {})

  const online = lines.onOnline((channel, account) => {
    for (const [lane, items] of lanes) {
      const { address } = items[0]!.owed
      if (address.channel === channel && address.account === account) wake(lane)
    }
  })

  function add(owed: Owed, how: Pick<Item, 'doubtful' | 'old'>) {
    const lane = laneOf(owed.address)
    const items = lanes.get(lane) ?? []
    lanes.set(lane, items)
    items.push({ owed, attempts: 0, state: 'queued', ...how })
    emit('delivery.changed', { id: owed.id, state: 'queued' }, owed.session)
    wake(lane)
  }

  const isHeld = (id: string) => ledger.owed.outbounds.get(id)?.withheld !== undefined

  return {
    enqueue(outbounds, recovered = false) {
      for (const owed of outbounds) if (!isHeld(owed.id)) add(owed, { doubtful: recovered, old: recovered })
    },
    list(state) {
      const { outbounds, dead } = ledger.owed
      const all = [
        ...[...lanes.values()].flat().map((item) => show(item.owed, item.state, item.attempts)),
        ...[...outbounds.values()].flatMap(({ outbound, withheld: reason }) =>
          reason === undefined ? [] : [show(outbound, 'held', 0, { reason })],
        ),
        ...[...dead.values()].map(({ outbound, failure }) => show(outbound, 'dead', 0, { failure })),
      ]
      return all.filter((one) => state === undefined || one.state === state)
    },
    arrives: arrivals.wait,
    async retry(id) {
      const known = ledger.owed.dead.get(id) ?? (isHeld(id) ? ledger.owed.outbounds.get(id) : undefined)
      if (!known) return false
      await ledger.commit([{ type: 'retried', outbound: id }])
      add(known.outbound, { doubtful: true, old: false })
      return true
    },
    async drop(id) {
      const lane = [...lanes.values()].find((items) =>
        items.some(({ owed, state }) => owed.id === id && state === 'queued'),
      )
      if (!lane && !ledger.owed.dead.has(id) && !isHeld(id)) return false
      await ledger.commit([{ type: 'cancelled', outbound: id, reason: 'dropped by the owner' }])
      if (lane)
        lane.splice(
          lane.findIndex(({ owed }) => owed.id === id),
          1,
        )
      emit('delivery.changed', { id, state: 'cancelled' })
      return true
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      online[Symbol.dispose]()
    },
  }
}
