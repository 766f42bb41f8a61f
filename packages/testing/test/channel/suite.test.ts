import type { Account, Channel, Inbound, Link } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { channelChecks, channelConformance, fakeCounterpart, possibleChecks } from '../../src/index.ts'

channelConformance(fakeCounterpart())

/** A channel that does what another does, but for what it hands over and what it is. */
function flawed(change: { account?(account: Account): Partial<Account>; link?(link: Link): Partial<Link> }) {
  const fixture = fakeCounterpart()
  const { channel } = fixture
  const broken: Channel = {
    ...channel,
    async connect(account) {
      const link = await channel.connect({ ...account, ...change.account?.(account) })
      return { ...link, ...change.link?.(link) }
    },
  }
  return { ...fixture, channel: broken, patienceMs: 150 }
}
const changing = (change: (event: Inbound) => Inbound | undefined) =>
  flawed({
    account: ({ receive }) => ({
      async receive(event) {
        const changed = change(event)
        if (changed) await receive(changed)
      },
    }),
  })

/** What is wrong with a channel, and the beginning of the checks that must find it. */
const flaws: Record<string, { fixture: ReturnType<typeof flawed>; found: readonly string[] }> = {
  'acknowledges before it is durable': {
    fixture: flawed({ account: ({ receive }) => ({ receive: async (event) => void receive(event).catch(() => {}) }) }),
    found: ['R2 L5: what was not durable', 'R1: what could not be stored'],
  },
  'gives different events one name': {
    fixture: changing((event) => ({ ...event, event: event.peer.id })),
    found: ['keeps the order', 'R3: hands over an edit'],
  },
  'gives an event another name each time': {
    fixture: changing((event) => ({ ...event, event: `${event.event} ${Math.random()}` })),
    found: ['R3: gives an event', 'R2 L5: what was not durable'],
  },
  'drops edits': {
    fixture: changing((event) => (event.kind === 'edit' ? undefined : event)),
    found: ['R3: hands over an edit'],
  },
  'takes every group for a direct message': {
    fixture: changing((event) => ({ ...event, peer: { kind: 'direct', id: event.sender.id } })),
    found: ['tells a group', 'keeps threads'],
  },
  'sees a mention everywhere': {
    fixture: changing((event) => ({ ...event, mentioned: true })),
    found: ['sees a mention'],
  },
  'takes our own words for a person': {
    fixture: changing(({ sender: { self: _, ...sender }, ...event }) => ({ ...event, sender })),
    found: ['marks our own words'],
  },
  'trims what people write': {
    fixture: changing((event) => ({ ...event, text: event.text.replaceAll('<', '') })),
    found: ['hands over emoji'],
  },
  'leaves its link open': {
    fixture: flawed({
      account: () => ({ defer: () => {}, signal: new AbortController().signal }),
      link: () => ({ [Symbol.asyncDispose]: async () => {} }),
    }),
    found: ['R2 L5: what was not durable', 'leaves nothing', 'leaves no connection'],
  },
  'does not notice that it is cut off': {
    fixture: flawed({ account: () => ({ report: () => {} }) }),
    found: ['L5: comes back'],
  },
  'calls every failure internal': {
    fixture: flawed({
      link: (link) => ({
        send: (...sent) =>
          link.send(...sent).catch((error: Error) => {
            throw new Error(error.message)
          }),
      }),
    }),
    found: ['says how long', "calls a server's error"],
  },
  'invents receipts': {
    fixture: flawed({
      link: (link) => ({
        async send(...sent) {
          await link.send(...sent)
          return { messages: ['made up'] }
        },
      }),
    }),
    found: ["answers a send with the platform's ids", 'edits a message'],
  },
  'keeps clicks to itself': {
    fixture: flawed({ account: () => ({ choose: async () => ({ taken: true, text: '' }) }) }),
    found: ['S18: hands over every click'],
  },
}

describe('the suite', () => {
  it('leaves nothing out for a platform that has everything', async () => {
    const possible = await possibleChecks(fakeCounterpart())
    const left = channelChecks.filter((check) => !possible.includes(check)).map(({ name }) => name)
    expect(left.filter((name) => !/webhook|render|fence/i.test(name))).toEqual([])
  })

  for (const [what, { fixture, found }] of Object.entries(flaws)) {
    it(`finds a channel that ${what}`, async () => {
      for (const start of found) {
        const check = channelChecks.find(({ name }) => name.startsWith(start))!
        await expect(check.run(fixture), check.name).rejects.toThrow()
      }
    })
  }
})
