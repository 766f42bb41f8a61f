import { toFailure } from '@openclaw/sdk'
import { expect } from 'vitest'
import { channelBench, direct, openStand, type ChannelBench } from '../bench.ts'
import type { Fault } from '../counterpart.ts'
import type { ChannelCheck, Means } from '../fixture.ts'
import { within } from '../patience.ts'

const knows =
  (kind: Fault['kind']) =>
  ({ counterpart }: Means) =>
    !counterpart.immune?.includes(kind)

/** Tries until it arrives, as the kernel would; resolves with what the attempts before were refused for. */
async function sendAnyhow(bench: ChannelBench, text: string) {
  const refused: ReturnType<typeof toFailure>[] = []
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await bench.send(text, { idempotencyKey: 'the same' })
      return refused
    } catch (error) {
      refused.push(toFailure(error))
    }
  }
  throw new Error(`it never arrived: ${refused.map(({ code, message }) => `${code} ${message}`).join('; ')}`)
}

/** What goes wrong on the platform's side of a send, and of a login. */
export const failureChecks: readonly ChannelCheck[] = [
  {
    name: 'says how long to wait when the platform asks to',
    needs: knows('limit'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      bench.counterpart.fault({ kind: 'limit', retryAfterMs: 1000 })
      const refused: unknown = await bench.send('too soon').then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(refused).toMatchObject({ code: 'rate_limited' })
      const { retryAfterMs } = toFailure(refused)
      expect(retryAfterMs).toBeGreaterThanOrEqual(500)
      expect(retryAfterMs).toBeLessThanOrEqual(10_000)
      const again = () => bench.send('now').catch(() => false as const)
      const { messages } = await bench.until('the end of the wait', again, 100)
      await bench.seen(messages[0]!)
      expect(bench.counterpart.sees()).toHaveLength(1)
    },
  },
  {
    name: "calls a server's error `unavailable`, so that it is tried again",
    needs: knows('error'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      bench.counterpart.fault({ kind: 'error', times: 6 })
      const refused = await sendAnyhow(bench, 'at last')
      expect(refused.length).toBeGreaterThan(0)
      for (const { code } of refused) expect(code).toBe('unavailable')
      await bench.until('the message', () => bench.counterpart.sees().length > 0)
      expect(bench.counterpart.sees().map(({ text }) => text)).toEqual(['at last'])
    },
  },
  {
    name: 'R8: a send whose answer is lost is found again, or repeats at most that one chunk',
    needs: knows('loseAnswer'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { delivery } = bench.channel.traits
      bench.counterpart.fault({ kind: 'loseAnswer' })
      const key = { idempotencyKey: 'doubtful' }
      const first = await bench.send('was it heard?', key).catch((error: unknown) => toFailure(error))
      if ('code' in first) {
        expect(['unavailable', 'aborted', 'internal']).toContain(first.code)
        const link = await bench.link()
        const peer = direct(bench.counterpart)
        const found = await link.find?.(peer, 'doubtful', AbortSignal.timeout(10_000))
        if (!found && delivery !== 'at-most-once') await bench.send('was it heard?', key)
      }
      await bench.until('the message', () => bench.counterpart.sees().length > 0)
      const { length } = bench.counterpart.sees()
      expect(length).toBeLessThanOrEqual(delivery === 'at-least-once' ? 2 : 1)
    },
  },
  {
    name: 'calls a refused login `unauthorized`, without the login in any word, and leaves nothing open',
    needs: ({ counterpart }) => counterpart.refused !== undefined,
    async run(fixture) {
      await using stand = await openStand(fixture)
      const { counterpart, gateway } = stand
      await using life = gateway.connect(fixture.channel, counterpart.refused!)
      const refused = await within('the refusal', stand.patienceMs, life.link).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(refused).toMatchObject({ code: 'unauthorized' })
      const { message } = toFailure(refused)
      expect(message).toContain(`${fixture.channel.id}/default`)
      const words = [message, ...gateway.logged, JSON.stringify(gateway.reports)].join('\n')
      for (const secret of secretsOf(counterpart.refused!, counterpart.account)) expect(words).not.toContain(secret)
      await life[Symbol.asyncDispose]()
      await stand.until('no link of the refused login', () => counterpart.links().now === 0)
    },
  },
]

/** Values that only the refused login has. */
function secretsOf(refused: Record<string, unknown>, good: Record<string, unknown>): string[] {
  return Object.entries(refused).flatMap(([key, value]) => {
    if (typeof value === 'string') return value !== good[key] && value.length > 3 ? [value] : []
    if (typeof value !== 'object' || value === null) return []
    const inner = good[key]
    return secretsOf(value as Record<string, unknown>, (typeof inner === 'object' ? inner : {}) as never)
  })
}
