import { realPlatform, type Clock } from '@openclaw/kernel'
import type { Gateway, Sandboxing, Store } from '@openclaw/sdk'
import { memoryStore, testScope } from '../scope.ts'

/** A gateway entry that makes sandboxes, set up by itself. */
export interface SandboxEntry extends AsyncDisposable {
  readonly sandboxing: Sandboxing
  /** What it logged, a line each. */
  readonly log: readonly string[]
}

/** Sets one up, with the machine's time when no other clock is given. */
export async function setUpSandbox(
  gateway: Gateway,
  config: object,
  { clock = realPlatform().clock, store = memoryStore() }: { clock?: Clock; store?: Store } = {},
): Promise<SandboxEntry> {
  const log: string[] = []
  const { scope, close } = testScope((text, fields) => log.push(fields ? `${text} ${JSON.stringify(fields)}` : text))
  const { sandbox } = await gateway.setup({
    ...scope,
    config,
    store,
    clock,
    address: new URL('http://127.0.0.1:18789'),
    on: () => ({ [Symbol.dispose]: () => {} }),
    call: async () => ({}),
  })
  if (!sandbox) throw new Error(`${gateway.id} makes no sandboxes`)
  return {
    sandboxing: typeof sandbox === 'function' ? { open: sandbox } : sandbox,
    log,
    [Symbol.asyncDispose]: close,
  }
}
