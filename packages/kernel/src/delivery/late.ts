import type { Config, LedgerRecord } from '@openclaw/protocol'
import type { Link } from '@openclaw/sdk'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'

type Owed = LedgerRecord<'outbound'>

const defaultStaleAfterMs = 600_000

/** What came too late for one peer: held for the owner, and the peer is told once. */
export interface Late {
  readonly held: readonly Owed[]
  /** Notices of before that the new one speaks for as well. */
  readonly replaced: readonly Owed[]
  readonly notice: Owed
}

/**
 * Holds answers to one peer that an earlier process owed and that are older than `delivery.staleAfterMs`, and owes the
 * peer one notice about them, in one commit: a second crash changes nothing. What the platform has already, what the
 * peer sees a part of, and what the owner wanted sent goes on. Undefined when nothing is late; rejects when the platform
 * or the disk refuses, and nothing was changed then.
 */
export async function holdLate(
  parts: { readonly platform: Platform; readonly ledger: Ledger; config(): Config },
  owed: readonly Owed[],
  link: Link,
  signal: AbortSignal,
): Promise<Late | undefined> {
  const { platform, ledger } = parts
  const now = platform.clock.now()
  const staleAfterMs = parts.config().delivery?.staleAfterMs ?? defaultStaleAfterMs
  const isLate = ({ id, run, at, preview, part, choices, late }: Owed): boolean => {
    const { sent = 0, since = at } = ledger.owed.outbounds.get(id) ?? {}
    // Of an answer that goes out in parts none is kept back: the others would make no sense.
    const seen = sent > 0 || preview !== undefined || part !== undefined
    return run !== undefined && !seen && !choices && !late && now - since > staleAfterMs
  }
  const arrived = async ({ id, address }: Owed) =>
    (await link.find?.(address.peer, chunkKey(id, 0), signal)) !== undefined
  const held: Owed[] = []
  for (const one of owed.filter(isLate)) if (!(await arrived(one))) held.push(one)
  if (held.length === 0) return undefined
  const replaced: Owed[] = []
  for (const one of owed) if (one.late && !(await arrived(one))) replaced.push(one)

  const told = replaced.flatMap(({ late = [] }) =>
    late.flatMap((id) => {
      const { outbound, withheld } = ledger.owed.outbounds.get(id) ?? {}
      return outbound && withheld !== undefined ? [outbound] : []
    }),
  )
  const all = [...told, ...held]
  const { session, address } = held.at(-1)!
  const notice: Owed = {
    type: 'outbound',
    id: platform.random.id(),
    ...(session === undefined ? {} : { session }),
    address,
    text: sayLate(all.map(({ at }) => at)),
    late: all.map(({ id }) => id),
    at: now,
  }
  await ledger.commit([
    ...held.map(({ id }) => ({
      type: 'withheld' as const,
      outbound: id,
      reason: 'it was late when a restart found it',
    })),
    ...replaced.map(({ id }) => ({ type: 'cancelled' as const, outbound: id, reason: 'a newer notice speaks for it' })),
    notice,
  ])
  return { held, replaced, notice }
}

/** The idempotency key of one chunk of an outbound. */
export function chunkKey(id: string, chunk: number): string {
  return `${id}:${chunk}`
}

function sayLate(madeAt: readonly number[]): string {
  const [first, last] = [Math.min(...madeAt), Math.max(...madeAt)].map(minuteOf)
  const when = first === last ? `of ${first} UTC` : `made between ${first} and ${last} UTC`
  return madeAt.length === 1
    ? `I was away, and my answer ${when} came too late to be sent. Please ask again if it still matters.`
    : `I was away, and ${madeAt.length} answers ${when} came too late to be sent. Please ask again if they still matter.`
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
