import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { channelBench } from '../bench.ts'
import type { File } from '../counterpart.ts'
import type { ChannelCheck } from '../fixture.ts'

/** The smallest PNG there is (https://www.w3.org/TR/png-3/), and a text. */
const picture: File = {
  name: 'dot.png',
  mime: 'image/png',
  bytes: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
}
const notes: File = { name: 'notes.txt', mime: 'text/plain', bytes: Buffer.from('remember the milk 🥛\n') }

const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0

/** Files, in and out. */
export const fileChecks: readonly ChannelCheck[] = [
  {
    name: 'hands over a file by reference, and downloads it only when it is fetched',
    needs: ({ channel, link }) => channel.traits.media === true && link.fetch !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      for (const file of [picture, notes]) {
        const before = bench.gateway.events.length
        await bench.counterpart.says('look at this', { files: [file] })
        const event = await bench.next(before + 1)
        expect(event).toMatchObject({ kind: 'message', text: 'look at this' })
        expect(event.attachments).toHaveLength(1)
        const [attachment] = event.attachments!
        expect(attachment!.ref).not.toBe('')
        expect(attachment!.mime).toMatch(/^[a-z]+\/[a-z0-9.+-]+/)
        for (const { response } of bench.gateway.fetched)
          expect(same(new Uint8Array(await response.clone().arrayBuffer()), file.bytes)).toBe(false)
        const link = await bench.link()
        const stream = await link.fetch!(attachment!, AbortSignal.timeout(10_000))
        expect(same(new Uint8Array(await new Response(stream).arrayBuffer()), file.bytes)).toBe(true)
      }
    },
  },
  {
    name: 'hands over a file that stands alone',
    needs: ({ channel, link }) => channel.traits.media === true && link.fetch !== undefined,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      await bench.counterpart.says('', { files: [notes] })
      const event = await bench.next(1)
      expect(event.text).toBe('')
      expect(event.attachments).toHaveLength(1)
    },
  },
  {
    name: 'sends stored files, with a text and alone',
    needs: ({ channel }) => channel.traits.media === true,
    async run(fixture) {
      await using bench = await channelBench(fixture)
      for (const text of ['here it is', '']) {
        for (const { name, mime, bytes } of [picture, notes]) {
          const ref = `media:${createHash('sha256').update(bytes).digest('hex')}`
          bench.gateway.files.set(ref, bytes)
          const { messages } = await bench.send(text, { attachments: [{ ref, mime, name, sizeBytes: bytes.length }] })
          const seen = await bench.until(`${name} on the platform`, () =>
            bench.counterpart.sees().find((one) => messages.includes(one.message) && one.files.length === 1),
          )
          expect(same(seen.files[0]!.bytes, bytes)).toBe(true)
          expect(seen.files[0]!.name).toBe(name)
          if (text) expect(bench.counterpart.sees().some((one) => one.text === text)).toBe(true)
        }
      }
    },
  },
]
