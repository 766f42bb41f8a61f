import type { EventEnvelope, MethodTable } from '@openclaw/protocol'
import type { Extension, Gateway, GatewaySetup } from '@openclaw/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeClock } from './clock.ts'
import { memoryStore, testScope } from './scope.ts'

/** What a gateway entry gives its suite. */
export interface GatewayFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly gateway: Gateway
  /** A configuration that its schema accepts. */
  readonly config: unknown
  /** Requests that it answers, when it serves http, with the status expected. */
  readonly requests?: readonly { readonly path: string; readonly status: number }[]
}

/** What every gateway entry must hold to. Call it in the plugin's `test/conformance.test.ts`. */
export function gatewayConformance(fixture: GatewayFixture): void {
  describe(`gateway conformance: ${fixture.name}`, () => {
    const closers: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0)) await close()
    })

    async function setUp(): Promise<{ extension: Extension<MethodTable>; listeners: number }> {
      const { scope, close } = testScope()
      closers.push(close)
      let listeners = 0
      const setup: GatewaySetup = {
        ...scope,
        config: fixture.config,
        store: memoryStore(),
        clock: fakeClock(),
        address: new URL('http://127.0.0.1:18789'),
        on(_event: string, _listen: (event: EventEnvelope) => void) {
          listeners++
          return { [Symbol.dispose]: () => void listeners-- }
        },
        call: async () => ({}),
      }
      const extension = await fixture.gateway.setup(setup)
      return {
        extension,
        get listeners() {
          return listeners
        },
      }
    }

    it('has an id that can stand in a path', () => {
      expect(fixture.gateway.id).toMatch(/^[a-z][a-z0-9-]{0,39}$/)
    })

    it('names its methods after itself and serves every one of them', async () => {
      const { extension } = await setUp()
      const names = Object.keys(fixture.gateway.methods ?? {})
      expect(names.filter((name) => !name.startsWith(`${fixture.gateway.id}.`))).toEqual([])
      expect(Object.keys(extension.handlers ?? {}).toSorted()).toEqual(names.toSorted())
    })

    it('can be set up, closed and set up again', async () => {
      await setUp()
      await closers.pop()!()
      await expect(setUp()).resolves.toBeDefined()
    })

    for (const { path, status } of fixture.requests ?? []) {
      it(`answers ${path} with ${status}`, async () => {
        const { extension } = await setUp()
        const response = await extension.fetch!(new Request(`http://127.0.0.1:18789/${fixture.gateway.id}${path}`))
        expect(response.status).toBe(status)
      })
    }

    if (fixture.requests) {
      it('does not serve files outside its own, however the path is written', async () => {
        const { extension } = await setUp()
        for (const path of [
          '/../package.json',
          '/..%2f..%2fpackage.json',
          '/%2e%2e/%2e%2e/etc/passwd',
          '/\0',
          '//etc/passwd',
        ]) {
          const response = await extension.fetch!(new Request(`http://127.0.0.1:18789/${fixture.gateway.id}${path}`))
          const text = await response.text()
          expect(text).not.toContain('"name"')
          expect(text).not.toContain('root:')
        }
      })
    }
  })
}
