import { expect } from 'vitest'
import { channelBench, direct } from '../bench.ts'
import type { ChannelCheck, Means } from '../fixture.ts'

/** Texts that a careless translation would change. */
export const awkward = [
  'family 👩‍👩‍👧‍👦 and flag 🏳️‍🌈',
  'مرحبا بالعالم',
  'שלום עולם',
  'naïve Ω 漢字 𝔘𝔫𝔦',
  'if (a < b && c > d) "quoted" it\'s <b>not bold</b> &amp;',
  '*stars* _lines_ ~waves~ `ticks` [a](b) #tag',
]

const hasGroup = ({ counterpart }: Means) => counterpart.group !== undefined

/** What people write, and what becomes of it. */
export const inboundChecks: readonly ChannelCheck[] = [
  {
    name: 'hands over what somebody writes: who, where, what and when',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { counterpart } = bench
      const message = await counterpart.says('hello there')
      const event = await bench.next(1)
      const { people } = counterpart
      expect(event).toMatchObject({ kind: 'message', message, text: 'hello there', peer: direct(counterpart) })
      expect(event.sender).toMatchObject({ id: people[0] })
      expect(event.sender.self ?? false).toBe(false)
      expect(event.sender.bot ?? false).toBe(false)
      expect(event.peer.kind).toBe('direct')
      expect(event.event.length).toBeGreaterThan(0)
      // A platform's clock may be wrong, but it is milliseconds, not seconds.
      expect(Math.abs(event.atMs - Date.now())).toBeLessThan(86_400_000)
    },
  },
  {
    name: 'keeps the order of what is said, and gives each its own name',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const words = ['one', 'two', 'three', 'four', 'five', 'six']
      for (const word of words) await bench.counterpart.says(word)
      await bench.next(words.length)
      expect(bench.gateway.events.map(({ text }) => text)).toEqual(words)
      expect(new Set(bench.gateway.events.map(({ event }) => event)).size).toBe(words.length)
      expect(new Set(bench.gateway.events.map(({ message }) => message)).size).toBe(words.length)
    },
  },
  {
    name: 'hands over emoji, right-to-left and special signs as they were typed',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      for (const text of awkward) await bench.counterpart.says(text)
      await bench.next(awkward.length)
      expect(bench.gateway.events.map(({ text }) => text)).toEqual(awkward)
    },
  },
  {
    name: 'R3: gives an event that comes again the same name',
    needs: ({ counterpart }) => !counterpart.immune?.includes('duplicate'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      bench.counterpart.fault({ kind: 'duplicate', times: 4 })
      const message = await bench.counterpart.says('again and again')
      await bench.counterpart.says('the end')
      await bench.event('the message after the repeated one', ({ text }) => text === 'the end')
      const repeated = bench.gateway.events.filter((event) => event.message === message)
      expect(repeated.length).toBeGreaterThan(0)
      expect(new Set(repeated.map(({ event }) => event)).size).toBe(1)
    },
  },
  {
    name: 'hands over both of two events that come in the other order',
    needs: ({ counterpart }) => !counterpart.immune?.includes('reorder'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      bench.counterpart.fault({ kind: 'reorder' })
      await Promise.all([bench.counterpart.says('first'), bench.counterpart.says('second')])
      for (const word of ['first', 'second']) await bench.event(word, ({ text }) => text === word)
    },
  },
  {
    name: 'marks our own words, or does not hand them over',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      await bench.counterpart.says('an echo', { self: true })
      await bench.counterpart.says('a person')
      await bench.event('the message of a person', ({ text }) => text === 'a person')
      const echoes = bench.gateway.events.filter(({ text }) => text === 'an echo')
      expect(echoes.every(({ sender }) => sender.self === true)).toBe(true)
    },
  },
  {
    name: 'marks what other programs write, or does not hand it over',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { group, people } = bench.counterpart
      // Where programs cannot write to us directly, they are met in groups.
      await bench.counterpart.says('beep', { bot: true, ...(group ? { in: group } : {}) })
      await bench.counterpart.says('a person', { from: people[1] })
      await bench.event('the message of a person', ({ text }) => text === 'a person')
      const beeps = bench.gateway.events.filter(({ text }) => text === 'beep')
      expect(beeps.every(({ sender }) => sender.bot === true)).toBe(true)
    },
  },
  {
    name: 'R4: tells people apart',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { people } = bench.counterpart
      for (const from of people) await bench.counterpart.says(`I am ${from}`, { from })
      for (const from of people) {
        const event = await bench.event(`what ${from} said`, ({ text }) => text === `I am ${from}`)
        expect(event.sender.id).toBe(from)
        expect(event.peer).toEqual(bench.counterpart.direct(from))
      }
    },
  },
  {
    name: 'tells a group from a direct message',
    needs: hasGroup,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { group, people } = bench.counterpart
      await bench.counterpart.says('hello all', { in: group!, from: people[1] })
      const event = await bench.next(1)
      expect(event).toMatchObject({ kind: 'message', text: 'hello all', sender: { id: people[1] } })
      expect(event.peer).toEqual(group)
      expect(event.peer.kind).toBe('group')
      await bench.counterpart.says('hello you', { from: people[1] })
      expect((await bench.next(2)).peer).toEqual(bench.counterpart.direct(people[1]))
    },
  },
  {
    name: 'sees a mention and takes it out of the text, and sees none where there is none',
    needs: hasGroup,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { group } = bench.counterpart
      await bench.counterpart.says('what is the time?', { in: group!, mention: true })
      expect(await bench.next(1)).toMatchObject({ text: 'what is the time?', mentioned: true })
      await bench.counterpart.says('what a day', { in: group! })
      const plain = await bench.next(2)
      expect(plain.text).toBe('what a day')
      expect(plain.mentioned ?? false).toBe(false)
    },
  },
  {
    name: 'takes a reply to our words for a mention, where the platform has replies',
    needs: hasGroup,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { group } = bench.counterpart
      const { messages } = await bench.send('ask me', { peer: group! })
      await bench.counterpart.says('and then?', { in: group!, replyTo: messages[0]! })
      const { replyTo, mentioned } = await bench.next(1)
      if (replyTo !== undefined) expect([replyTo, mentioned]).toEqual([messages[0], true])
    },
  },
  {
    name: 'keeps threads apart',
    needs: ({ counterpart }) => counterpart.thread !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { group, thread } = bench.counterpart
      await bench.counterpart.says('in the thread', { in: thread! })
      await bench.counterpart.says('in the group', { in: group! })
      const inside = await bench.event('what was said in the thread', ({ text }) => text === 'in the thread')
      const outside = await bench.event('what was said in the group', ({ text }) => text === 'in the group')
      expect([inside.peer, outside.peer]).toEqual([thread, group])
      const { messages } = await bench.send('an answer', { peer: thread! })
      expect((await bench.seen(messages[0]!)).peer).toEqual(thread)
    },
  },
  {
    name: 'R3: hands over an edit as an event of its own, of the same message',
    needs: ({ counterpart }) => counterpart.edits !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const message = await bench.counterpart.says('helo')
      const first = await bench.next(1)
      await bench.counterpart.edits!(message, 'hello')
      const edit = await bench.next(2)
      expect(edit).toMatchObject({ kind: 'edit', message, text: 'hello', peer: first.peer })
      expect(edit.event).not.toBe(first.event)
      await bench.counterpart.edits!(message, 'hello!')
      expect((await bench.next(3)).event).not.toBe(edit.event)
    },
  },
  {
    name: 'hands over that a message was deleted',
    needs: ({ counterpart }) => counterpart.deletes !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const message = await bench.counterpart.says('never mind')
      const first = await bench.next(1)
      await bench.counterpart.deletes!(message)
      const gone = await bench.next(2)
      expect(gone).toMatchObject({ kind: 'delete', message, peer: first.peer })
      expect(gone.event).not.toBe(first.event)
    },
  },
  {
    name: 'hands over a reaction to a message of ours',
    needs: ({ counterpart }) => counterpart.reacts !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { people } = bench.counterpart
      const { messages } = await bench.send('did it work?')
      await bench.counterpart.reacts!(messages[0]!, '👍', people[0])
      const reaction = await bench.event('the reaction', ({ kind }) => kind === 'reaction')
      expect(reaction).toMatchObject({ message: messages[0], sender: { id: people[0] }, text: '👍' })
    },
  },
]
