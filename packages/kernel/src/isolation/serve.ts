import type { Serves } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { Account, GatewaySetup } from '@openclaw/sdk'
import type { LentStreams } from '@openclaw/sdk/host'
import { checkParams, serveStore, type Check } from '@openclaw/sdk/isolation'
import { houseMethods, type HouseMethods } from './wire.ts'

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

  return checkParams(parts.check, houseMethods, {
    async 'account.receive'({ link, event }) {
      await accountOf(link).receive(event)
      return {}
    },
    'account.choose': ({ link, click }) => accountOf(link).choose(click),
    'account.open': async ({ link, attachment }, { signal }) => ({
      stream: await streams.lend(await accountOf(link).open(attachment, signal)),
    }),
    ...serveStore((link) => (link === undefined ? setup().store : accountOf(link).store)),
    async 'gateway.call'({ method, params }) {
      const result = await setup().call(method, params)
      return result === undefined ? {} : { result }
    },
    'stream.read': (params) => streams.read(params),
    'stream.cancel': (params) => streams.cancel(params),
  })
}
