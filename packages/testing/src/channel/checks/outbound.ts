import { failure, type Outbound } from '@openclaw/sdk'
import { expect } from 'vitest'
import { channelBench, direct } from '../bench.ts'
import type { ChannelCheck, Means } from '../fixture.ts'
import { measure } from '../measure.ts'
import { awkward } from './inbound.ts'

const markdown = [
  '# A title',
  'Some **bold**, some _slanted_, some `code < & >` and [a link](https://example.com/).',
  '- one\n- two\n  - inside of two',
  '```js\nif (a < b && c > d) run("x")\n```',
  '| name | age |\n| --- | --- |\n| Ada | 36 |',
  'The end 👩‍👩‍👧‍👦 مرحبا',
].join('\n\n')

const sends = (id: keyof Means['link']) => (means: Means) => means.link[id] !== undefined
const choices: NonNullable<Outbound['choices']> = [
  { id: 'a1b2:allow', label: 'Allow' },
  { id: 'a1b2:deny', label: 'Deny' },
]

/** What we say, and where it goes. */
export const outboundChecks: readonly ChannelCheck[] = [
  {
    name: "answers a send with the platform's ids",
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { messages } = await bench.send('hi there')
      expect(messages.length).toBeGreaterThan(0)
      for (const message of messages) await bench.seen(message)
      const seen = bench.counterpart.sees()
      expect(seen.map(({ text }) => text)).toEqual(['hi there'])
      expect(seen[0]!.peer).toEqual(direct(bench.counterpart))
    },
  },
  {
    name: 'R4: sends to whom it is told, and to nobody else',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { people, group } = bench.counterpart
      const peers = [...people.map(bench.counterpart.direct), ...(group ? [group] : [])]
      await Promise.all(peers.map((peer) => bench.send(`for ${peer.id}`, { peer })))
      await bench.counterpart.waitSeen(peers.length)
      for (const { peer, text } of bench.counterpart.sees()) expect(text).toBe(`for ${peer.id}`)
    },
  },
  {
    name: 'deletes the message that it is told to, and says so when that is gone',
    needs: sends('delete'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const peer = direct(bench.counterpart)
      const link = await bench.link()
      await bench.send('stays')
      const { messages } = await bench.send('goes')
      const { signal } = new AbortController()
      for (const message of messages) await link.delete!(peer, message, signal)
      expect(bench.counterpart.sees().map(({ text }) => text)).toEqual(['stays'])
      await expect(link.delete!(peer, messages[0]!, signal)).rejects.toMatchObject({ code: 'not_found' })
    },
  },
  {
    name: 'sends nothing once it is told to stop',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const link = await bench.link()
      const message = { peer: direct(bench.counterpart), text: 'never', idempotencyKey: 'never' }
      await expect(link.send(message, AbortSignal.abort(failure('aborted', 'stopped')))).rejects.toBeDefined()
      await bench.send('the end')
      await bench.counterpart.waitSeen(1)
      expect(bench.counterpart.sees().map(({ text }) => text)).toEqual(['the end'])
    },
  },
  {
    name: 'shows emoji, right-to-left and special signs as they are',
    needs: ({ channel }) => channel.traits.markup === 'plain' || channel.render !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const plain = awkward.filter((text) => !/[*<>&]/.test(text))
      for (const text of plain) await bench.send(bench.channel.render?.(text).join('') ?? text)
      await bench.counterpart.waitSeen(plain.length)
      expect(bench.counterpart.sees().map(({ text }) => text)).toEqual(plain)
    },
  },
  {
    name: 'renders Markdown so that no word of it is lost, and no sign of code is taken for markup',
    needs: ({ channel }) => channel.render !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      for (const piece of bench.channel.render!(markdown)) await bench.send(piece)
      const words = ['A title', 'bold', 'slanted', 'code < & >', 'a link', 'inside of two', 'Ada', '36', 'مرحبا', '👩‍👩‍👧‍👦']
      const text = await bench.until('the last piece', () => {
        const all = bench.counterpart.sees().map((seen) => seen.text)
        return all.at(-1)?.includes('مرحبا') && all.join('\n')
      })
      for (const word of [...words, 'if (a < b && c > d) run("x")']) expect(text).toContain(word)
      expect(text).not.toContain('**')
    },
  },
  {
    name: 'renders a long text into pieces within its limit, each of which arrives whole',
    needs: ({ channel }) => channel.render !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { traits, render } = bench.channel
      const long = 'مرحبا **bold** `code` and 👩‍👩‍👧‍👦 words.\n\n'.repeat(Math.ceil(traits.maxText / 20))
      const pieces = render!(long)
      expect(pieces.length).toBeGreaterThan(1)
      for (const piece of pieces) expect(measure(piece, traits.lengthUnit)).toBeLessThanOrEqual(traits.maxText)
      for (const piece of pieces.slice(0, 2)) await bench.send(piece)
      await bench.until('two pieces', () => bench.counterpart.sees().length >= 2)
    },
  },
  {
    name: 'keeps a code fence that is longer than a message a fence in every piece',
    needs: ({ channel }) => channel.render !== undefined && channel.traits.markup !== 'plain',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { traits, render } = bench.channel
      const code = 'if (a < b && c > d) run()\n'.repeat(Math.ceil(traits.maxText / 20))
      const pieces = render!(`\`\`\`js\n${code}\`\`\``)
      expect(pieces.length).toBeGreaterThan(1)
      for (const piece of pieces) {
        const fences = piece.match(/```/g)?.length ?? 0
        const [opened, closed] = [piece.match(/<pre/g)?.length ?? 0, piece.match(/<\/pre>/g)?.length ?? 0]
        expect(traits.markup === 'html' ? [opened > 0, opened - closed] : [fences > 0, fences % 2]).toEqual([true, 0])
      }
    },
  },
  {
    name: 'lives on after an empty text',
    async run(fixture) {
      await using bench = await channelBench(fixture)
      await bench.send('').catch((error: unknown) => expect(error).toMatchObject({ code: 'invalid_params' }))
      const { messages } = await bench.send('still here')
      await bench.seen(messages[0]!)
    },
  },
  {
    name: 'edits a message of ours in its place',
    needs: sends('edit'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const { messages } = await bench.send('half of')
      const link = await bench.link()
      await link.edit!(direct(bench.counterpart), messages[0]!, 'half of it', AbortSignal.timeout(10_000))
      const seen = await bench.seen(messages[0]!, ({ edits }) => edits > 0)
      expect(seen).toMatchObject({ text: 'half of it', edits: 1 })
      expect(bench.counterpart.sees()).toHaveLength(1)
    },
  },
  {
    name: 'shows that somebody is typing',
    needs: sends('typing'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const link = await bench.link()
      await link.typing!(direct(bench.counterpart), AbortSignal.timeout(10_000))
      await bench.until('the sign of typing', () => bench.counterpart.typed > 0)
    },
  },
  {
    name: 'says what a real round trip found',
    needs: sends('probe'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const link = await bench.link()
      expect((await link.probe!(AbortSignal.timeout(10_000))).trim()).not.toBe('')
    },
  },
  {
    name: 'R8: finds by its key what was delivered, and nothing that was not',
    needs: sends('find'),
    async run(fixture) {
      await using bench = await channelBench(fixture)
      const receipt = await bench.send('once', { idempotencyKey: 'find-me' })
      const link = await bench.link()
      const signal = AbortSignal.timeout(10_000)
      expect(await link.find!(direct(bench.counterpart), 'find-me', signal)).toEqual(receipt)
      expect(await link.find!(direct(bench.counterpart), 'find-nothing', signal)).toBeUndefined()
    },
  },
  {
    name: 'S18: hands over every click, shows what became of it, and takes the choices away once it is decided',
    needs: ({ channel, counterpart }) => channel.traits.choices === true && counterpart.clicks !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture, {
        arrange(gateway) {
          gateway.decide = ({ sender }) =>
            sender === bench.counterpart.people[0]
              ? { taken: true, text: 'It is allowed.' }
              : { taken: false, text: 'Only the owner can decide.' }
        },
      })
      const { counterpart, gateway } = bench
      const [owner, stranger] = counterpart.people
      const where = counterpart.group ?? direct(counterpart)
      const { messages } = await bench.send('May it run?', { choices, peer: where })
      const shown = await bench.seen(messages.at(-1)!, (seen) => seen.choices.length === 2)
      expect(shown.choices.map(({ label }) => label)).toEqual(['Allow', 'Deny'])
      const allow = shown.choices[0]!.id

      expect(await counterpart.clicks!(shown.message, allow, stranger)).toContain('Only the owner can decide.')
      expect(gateway.clicks).toMatchObject([{ choice: 'a1b2:allow', sender: stranger, peer: where }])
      expect((await bench.seen(shown.message)).choices).toHaveLength(2)

      expect(await counterpart.clicks!(shown.message, allow, owner)).toContain('It is allowed.')
      expect(gateway.clicks[1]).toMatchObject({ choice: 'a1b2:allow', sender: owner })
      expect(gateway.clicks[1]!.event).not.toBe(gateway.clicks[0]!.event)
      await bench.seen(shown.message, (seen) => seen.choices.length === 0)
    },
  },
]
