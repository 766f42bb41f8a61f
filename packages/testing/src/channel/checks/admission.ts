import { expect } from 'vitest'
import type { ChannelCheck, Means } from '../fixture.ts'
import { channelHouse } from '../house.ts'

const hasGroup = ({ counterpart }: Means) => counterpart.group !== undefined

/** Ids that look like one another to a person, and are not the same. */
function lookAlikes(id: string): string[] {
  const homoglyphs: Record<string, string> = { a: 'а', e: 'е', o: 'о', c: 'с', i: 'і', n: 'ո', l: 'ӏ' }
  const likes = [
    id.toUpperCase(),
    id.toLowerCase(),
    id.replaceAll(/[aeocinl]/g, (letter) => homoglyphs[letter] ?? letter),
    id.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    `@${id}`,
    ` ${id}`,
    `${id} `,
    `0${id}`,
    `${id}\u200b`,
  ]
  return likes.filter((like) => like !== id)
}

/** Who is let in, over a real kernel. */
export const admissionChecks: readonly ChannelCheck[] = [
  {
    name: 'S7 S12: gives a stranger a code once, takes nothing they say, and answers once they are approved',
    async run(fixture) {
      await using house = await channelHouse(fixture)
      const { counterpart, kernel } = house
      const { text } = await house.asks('my [[secret]] plans')
      const { requests } = await kernel.call('pairing.list', {})
      expect(requests).toMatchObject([{ channel: fixture.channel.id, sender: counterpart.people[0] }])
      const { code } = requests[0]!
      expect(text).toContain(code)
      await counterpart.says('are you there?')
      await house.settled()
      expect(counterpart.sees()).toHaveLength(1)
      expect(house.asked()).toBe('[]')
      await kernel.call('pairing.approve', { channel: fixture.channel.id, code })
      await counterpart.says('and [[now]]?')
      await house.until('the answer', () => counterpart.sees().some((seen) => seen.text.includes('[[now]]')))
      expect(house.asked()).not.toContain('secret')
    },
  },
  {
    name: 'S7: an allowlist means exact ids: no name, case or look-alike is let in',
    async run(fixture) {
      await using house = await channelHouse(fixture, ({ people }) => ({
        roles: Object.fromEntries(lookAlikes(people[0]).map((like) => [like, 'owner'] as const)),
        rules: { dm: { policy: 'allowlist', allow: [...lookAlikes(people[0]), people[1]] } },
      }))
      const { counterpart } = house
      await counterpart.says('let me in')
      await house.asks('[[marker]]', { from: counterpart.people[1] })
      await house.settled()
      expect(counterpart.sees()).toHaveLength(1)
      expect(house.asked()).not.toContain('let me in')
    },
  },
  {
    name: 'does not answer its own words, nor those of other programs',
    async run(fixture) {
      await using house = await channelHouse(fixture, () => ({
        rules: { dm: { policy: 'open' }, groups: { policy: 'open', mention: false } },
      }))
      const { counterpart } = house
      const { group, people } = counterpart
      for (const where of [undefined, group]) {
        const place = where ? { in: where } : {}
        await counterpart.says('an echo', { self: true, ...place })
        await counterpart.says('beep beep', { bot: true, ...place })
      }
      await house.asks('[[marker]]', { from: people[1] })
      await house.settled()
      expect(counterpart.sees()).toHaveLength(1)
      expect(house.asked()).not.toMatch(/an echo|beep beep/)
    },
  },
  {
    name: 'S7: hears nothing in a group that is not on its list, whoever of the admitted speaks there',
    needs: hasGroup,
    async run(fixture) {
      await using house = await channelHouse(fixture, ({ people }) => ({ roles: { [people[0]]: 'owner' } }))
      const { counterpart } = house
      await counterpart.says('anybody?', { in: counterpart.group!, mention: true })
      await house.asks('[[marker]]')
      await house.settled()
      expect(counterpart.sees()).toHaveLength(1)
      expect(house.asked()).not.toContain('anybody?')
    },
  },
  {
    name: 'answers in a group when it is mentioned, and is then told what was said before',
    needs: hasGroup,
    async run(fixture) {
      await using house = await channelHouse(fixture, ({ group }) => ({ rules: { groups: { allow: [group!.id] } } }))
      const { counterpart } = house
      const { group, people } = counterpart
      await counterpart.says('the [[train]] leaves at nine', { in: group!, from: people[1] })
      await counterpart.says('from track [[four]]', { in: group!, from: people[2] })
      await house.settled()
      expect(counterpart.sees()).toEqual([])
      const answer = await house.asks('[[when]] does it leave?', { in: group!, mention: true })
      expect(answer.peer).toMatchObject({ kind: 'group', id: group!.id })
      for (const word of ['[[train]]', '[[four]]', '[[when]]']) expect(answer.text).toContain(word)
      await counterpart.says('[[thanks]]', { in: group!, from: people[1] })
      await house.settled()
      expect(counterpart.sees()).toHaveLength(1)
      expect(house.kernel.model.requests).toHaveLength(1)
    },
  },
  {
    name: 'answers in the thread in which it was asked, as a conversation of its own',
    needs: ({ counterpart }) => counterpart.thread !== undefined,
    async run(fixture) {
      await using house = await channelHouse(fixture, ({ group }) => ({ rules: { groups: { allow: [group!.id] } } }))
      const { counterpart } = house
      const { group, thread } = counterpart
      const outside = await house.asks('[[outside]]', { in: group!, mention: true })
      const inside = await house.asks('[[inside]]', { in: thread!, mention: true })
      expect(outside.peer).toEqual(group)
      expect(inside.peer).toEqual(thread)
      expect(inside.text).toBe('[[inside]]')
    },
  },
]
