import { expect } from 'vitest'
import { channelBench } from '../bench.ts'
import type { ChannelCheck } from '../fixture.ts'

/** What we say, and where it goes. */
export const outboundChecks: readonly ChannelCheck[] = [
  {
    name: "answers a send with the platform's ids",
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { counterpart } = bench
      const { messages } = await bench.send('hi there')
      expect(messages.length).toBeGreaterThan(0)
      for (const message of messages) await bench.seen(message)
      expect(counterpart.sees().map(({ text }) => text)).toEqual(['hi there'])
      expect(counterpart.sees()[0]!.peer).toEqual(counterpart.direct(counterpart.people[0]))
    },
  },
]
