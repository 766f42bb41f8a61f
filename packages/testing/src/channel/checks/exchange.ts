import { expect } from 'vitest'
import { say } from '../../scripted.ts'
import type { ChannelCheck } from '../fixture.ts'
import { channelHouse } from '../house.ts'

const open = { dm: { policy: 'open' } }
const words = (text: string) => text.split(/\s+/).filter(Boolean)

/** Conversations, over a real kernel. */
export const exchangeChecks: readonly ChannelCheck[] = [
  {
    name: 'R3: what is delivered one to ten times is answered once',
    needs: ({ counterpart }) => !counterpart.immune?.includes('duplicate'),
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      for (let times = 1; times <= 10; times++) {
        if (times > 1) house.counterpart.fault({ kind: 'duplicate', times })
        expect((await house.asks(`[[w${times}]]`)).text).toContain(`[[w${times}]]`)
        await house.settled()
      }
      expect(house.counterpart.sees()).toHaveLength(10)
      expect(house.kernel.model.requests).toHaveLength(10)
    },
  },
  {
    name: "R4: nobody's words reach another's conversation, however many write at once",
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      const { counterpart, kernel } = house
      const { people } = counterpart
      const rounds = 4
      for (let round = 1; round <= rounds; round++)
        await Promise.all(people.map((from, who) => counterpart.says(`[[p${who}r${round}]]`, { from })))
      for (const [who, person] of people.entries()) {
        const peer = counterpart.direct(person)
        const said = () => counterpart.sees().filter((seen) => seen.peer.id === peer.id)
        await house.until(`an answer to all that ${person} said`, () =>
          said().some(({ text }) => text.includes(`[[p${who}r${rounds}]]`)),
        )
        for (const { text } of said())
          for (const [, whose] of text.matchAll(/\[\[p(\d+)r\d+\]\]/g)) expect(whose).toBe(String(who))
      }
      for (const request of kernel.model.requests) {
        const whose = [...JSON.stringify(request.turns).matchAll(/\[\[p(\d+)r/g)].map(([, who]) => who)
        expect(new Set(whose).size).toBe(1)
      }
    },
  },
  {
    name: 'brings an answer of any length whole: a sign less than a message holds, as many, one more, and many more',
    async run(fixture) {
      const { maxText } = fixture.channel.traits
      const lengths = [maxText - 1, maxText, maxText + 1, maxText * 2 + 7]
      const text = (length: number) =>
        'lorem ipsum '
          .repeat(Math.ceil(length / 12))
          .slice(0, length - 1)
          .concat('.')
      await using house = await channelHouse(fixture, () => ({
        rules: open,
        script: (_request, call) => say(text(lengths[call]!)),
      }))
      const { counterpart } = house
      for (const length of lengths) {
        const { length: before } = counterpart.sees()
        await counterpart.says('more')
        await house.until(`all of ${length} signs`, () => {
          const pieces = counterpart.sees().slice(before)
          return words(pieces.map((piece) => piece.text).join(' ')).join('') === words(text(length)).join('')
        })
        await house.settled()
      }
    },
  },
  {
    name: 'waits as long as the platform asks, and then says it once',
    needs: ({ counterpart }) => !counterpart.immune?.includes('limit'),
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      const { counterpart } = house
      await house.asks('[[before]]')
      counterpart.fault({ kind: 'limit', retryAfterMs: 1000 })
      const from = performance.now()
      expect((await house.asks('[[after]]')).text).toContain('[[after]]')
      expect(performance.now() - from).toBeGreaterThan(900)
      await house.settled()
      expect(counterpart.sees()).toHaveLength(2)
    },
  },
  {
    name: 'R8: says an answer once whose receipt was lost, or repeats it once where the platform cannot be asked',
    needs: ({ counterpart }) => !counterpart.immune?.includes('loseAnswer'),
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      const { counterpart } = house
      await house.asks('[[before]]')
      await house.settled()
      counterpart.fault({ kind: 'loseAnswer' })
      await house.asks('[[after]]')
      await house.settled()
      const times = counterpart.sees().filter(({ text }) => text.includes('[[after]]')).length
      expect(times).toBeLessThanOrEqual(fixture.channel.traits.delivery === 'at-least-once' ? 2 : 1)
    },
  },
  {
    name: 'L5: goes on after the platform ended the link, and nothing is said twice',
    needs: ({ counterpart }) => !counterpart.immune?.includes('disconnect'),
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      const { counterpart, kernel } = house
      await house.asks('[[before]]')
      const { now } = counterpart.links()
      counterpart.fault({ kind: 'disconnect' })
      await house.until('the account to be online', async () => {
        const { accounts } = await kernel.call('channels.status', {})
        return counterpart.links().now >= now && accounts.every(({ state }) => state === 'online')
      })
      expect((await house.asks('[[after]]')).text).toContain('[[after]]')
      await house.settled()
      expect(counterpart.sees()).toHaveLength(2)
      expect(counterpart.links().most).toBeLessThanOrEqual(1)
    },
  },
  {
    name: 'S10: a webhook call from anybody else gets 401 from the gateway, and nothing of it is kept',
    needs: ({ webhook }) => webhook,
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({ rules: open }))
      const at = new URL(`/webhooks/${fixture.channel.id}/default`, house.kernel.kernel.address)
      const forged = await fetch(at, { method: 'POST', body: '{"text":"forged"}' })
      expect(forged.status).toBe(401)
      await house.asks('[[marker]]')
      expect(house.asked()).not.toContain('forged')
    },
  },
]
