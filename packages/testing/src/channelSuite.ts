import type { Inbound, Peer } from '@openclaw/protocol'
import { failure, type Account, type Channel, type Link } from '@openclaw/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { testPlatform } from './platform.ts'
import { memoryStore, testScope } from './gatewaySuite.ts'

/** A platform that speaks its wire protocol to the real channel entry. */
export interface ChannelFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly channel: Channel
  /** Starts the counterpart anew. One that calls webhooks hands its requests to `deliver`, which answers as the gateway would. */
  start(deliver: (request: Request) => Promise<Response>): Promise<{
    /** An account's configuration that reaches it. */
    readonly config: unknown
    readonly peer: Peer
    /** Somebody writes to us; resolves when the platform has let go of it. */
    write(text: string): Promise<void>
    /** Texts that reached the platform from us, in order. */
    sent(): readonly string[]
    stop(): Promise<void>
  }>
}

/** What every channel entry must hold to. Call it in the plugin's `test/conformance.test.ts`. */
export function channelConformance(fixture: ChannelFixture): void {
  describe(`channel conformance: ${fixture.name}`, () => {
    const closers: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0).toReversed()) await close()
    })

    async function connect(receive?: (event: Inbound) => Promise<void>) {
      let route: Parameters<Account['webhook']>[0] | undefined
      const platform = await fixture.start(async (request) => {
        const body = new Uint8Array(await request.clone().arrayBuffer())
        if (!route || !(await route.verify(request, body))) return new Response(null, { status: 401 })
        return await route.handle(request, body)
      })
      closers.push(() => platform.stop())
      const { scope, close } = testScope()
      closers.push(close)
      const events: Inbound[] = []
      const waiters: (() => void)[] = []
      const account: Account = {
        ...scope,
        id: 'default',
        config: platform.config,
        store: memoryStore(),
        fetch,
        receive:
          receive ??
          (async (event) => {
            events.push(event)
            for (const tell of waiters.splice(0)) tell()
          }),
        clock: testPlatform('').clock,
        commands: [],
        open: async () => {
          throw failure('not_found', 'there are no files here')
        },
        choose: async () => ({ taken: false, text: '' }),
        webhook(served) {
          route = served
          return new URL(`http://127.0.0.1:18789/webhooks/${fixture.channel.id}/default`)
        },
        report: () => {},
        typing: () => {},
        presence: () => {},
      }
      const link: Link = await fixture.channel.connect(account as never)
      closers.push(async () => link[Symbol.asyncDispose]())
      const next = async (count: number) => {
        while (events.length < count) await new Promise<void>((resolve) => waiters.push(resolve))
        return events[count - 1]!
      }
      return { platform, link, events, next }
    }

    it('states its traits', () => {
      expect(fixture.channel.id).toMatch(/^[a-z][a-z0-9-]{0,39}$/)
      expect(fixture.channel.traits.maxText).toBeGreaterThan(0)
    })

    it('hands over what somebody writes, with stable ids', async () => {
      const { platform, next } = await connect()
      await platform.write('hello there')
      const event = await next(1)
      expect(event).toMatchObject({ kind: 'message', text: 'hello there' })
      expect(event.event.length).toBeGreaterThan(0)
      expect(event.sender.id.length).toBeGreaterThan(0)
    })

    it('gives different events different names', async () => {
      const { platform, next } = await connect()
      await platform.write('one')
      await platform.write('two')
      const [first, second] = [await next(1), await next(2)]
      expect(first.event).not.toBe(second.event)
    })

    it("sends a text and answers with the platform's ids", async () => {
      const { platform, link } = await connect()
      const receipt = await link.send(
        { peer: platform.peer, text: 'hi', idempotencyKey: 'k1' },
        new AbortController().signal,
      )
      expect(receipt.messages.length).toBeGreaterThan(0)
      expect(platform.sent()).toContain('hi')
    })

    it('stops sending when told to', async () => {
      const { platform, link } = await connect()
      const stopped = AbortSignal.abort(failure('aborted', 'stopped'))
      await expect(
        link.send({ peer: platform.peer, text: 'never', idempotencyKey: 'k2' }, stopped),
      ).rejects.toBeDefined()
      expect(platform.sent()).not.toContain('never')
    })

    if (fixture.channel.render) {
      it('renders within its limit', () => {
        const long = '# Title\n\n' + 'A **bold** word and `code`.\n\n'.repeat(2000)
        const { maxText, lengthUnit } = fixture.channel.traits
        for (const piece of fixture.channel.render!(long)) {
          const size =
            lengthUnit === 'bytes'
              ? Buffer.byteLength(piece)
              : lengthUnit === 'utf16'
                ? piece.length
                : [...piece].length
          expect(size).toBeLessThanOrEqual(maxText)
        }
      })
    }
  })
}
