import type { Serves } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { Account, GatewaySetup, Store } from '@openclaw/sdk'
import type { Check } from './checks.ts'
import { fromBase64, toBase64, type LentStreams } from './streams.ts'
import { houseMethods, type HouseMethods, type Names } from './wire.ts'

/** What a plugin's process may ask of the gateway: what its entries get in ours, and nothing else. Params are checked. */
export function houseHandlers(parts: {
  readonly accounts: ReadonlyMap<number, Account>
  readonly streams: LentStreams
  readonly check: Check
  setup(): GatewaySetup | undefined
}): Serves<HouseMethods> {
  const { accounts, streams } = parts
  const accountOf = (link: number): Account => {
    const account = accounts.get(link)
    if (!account) throw failure('unavailable', `there is no link ${link} any more`)
    return account
  }
  const setup = (): GatewaySetup => {
    const given = parts.setup()
    if (!given) throw failure('forbidden', 'only a gateway entry that is set up has this')
    return given
  }
  const storeOf = (link: number | undefined): Store => (link === undefined ? setup().store : accountOf(link).store)

  return checked(parts.check, {
    async 'account.receive'({ link, event }) {
      await accountOf(link).receive(event)
      return {}
    },
    'account.choose': ({ link, click }) => accountOf(link).choose(click),
    'account.open': async ({ link, attachment }, { signal }) => ({
      stream: await streams.lend(await accountOf(link).open(attachment, signal)),
    }),
    async 'store.get'({ link, key }) {
      const value = await storeOf(link).get(key)
      return value ? { value: toBase64(value) } : {}
    },
    async 'store.set'({ link, key, value }) {
      await storeOf(link).set(key, fromBase64(value))
      return {}
    },
    async 'store.delete'({ link, key }) {
      await storeOf(link).delete(key)
      return {}
    },
    'store.list': async ({ link, prefix }) => ({ keys: await storeOf(link).list(prefix) }),
    async 'gateway.call'({ method, params }) {
      const result = await setup().call(method, params)
      return result === undefined ? {} : { result }
    },
    'stream.read': (params) => streams.read(params),
    'stream.cancel': (params) => streams.cancel(params),
  })
}

/** The same handlers, which see only params that fit the table. */
function checked(check: Check, handlers: Serves<HouseMethods>): Serves<HouseMethods> {
  const guarded = Object.entries(handlers).map(([name, handle]) => {
    const { params: schema } = houseMethods[name as Names<HouseMethods>]
    return [
      name,
      (params: unknown, incoming: never) => {
        check(name, schema, params)
        return (handle as (params: unknown, incoming: never) => unknown)(params, incoming)
      },
    ]
  })
  return Object.fromEntries(guarded) as Serves<HouseMethods>
}
