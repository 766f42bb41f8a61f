import { failure } from '@openclaw/protocol'
import type { Channels } from '../channels/channels.ts'
import { openSetup } from '../channels/setup.ts'
import type { Configuration, Secrets } from '../config/configuration.ts'
import type { Delivery } from '../delivery/deliver.ts'
import type { Plugins } from '../plugins/host.ts'
import { byPerson, type Handlers } from './caller.ts'

type Names =
  | 'channels.status'
  | 'channels.probe'
  | 'channels.describe'
  | 'channels.configure'
  | 'channels.remove'
  | 'channels.start'
  | 'channels.stop'
  | 'channels.logout'
  | 'deliveries.list'
  | 'deliveries.retry'
  | 'deliveries.drop'

/** Accounts and their links, and what is owed through them. */
export function channelMethods(parts: {
  channels: Channels
  configuration: Configuration
  secrets: Secrets
  plugins: Plugins
  delivery: Delivery
  sync(): Promise<void>
  forgetLogin(channel: string, account: string): Promise<void>
}): Handlers<Names> {
  const { channels, delivery } = parts
  const setup = openSetup(parts)
  const found = (yes: boolean, id: string): { ok: true } => {
    if (!yes)
      throw failure(
        'not_found',
        `deliveries: ${id} is not there, or is being sent right now; see \`openclaw deliveries list\``,
      )
    return { ok: true }
  }
  return {
    'channels.status': ({ channel }) => ({ accounts: channels.status(channel) }),
    'channels.probe': async ({ channel, account }) => ({ probes: await channels.probe(channel, account) }),
    'channels.describe': ({ channel }) => setup.describe(channel),
    'channels.configure': async (asked, caller) => ({ status: await setup.configure(asked, byPerson(caller)) }),
    async 'channels.remove'({ channel, account }) {
      await setup.remove(channel, account)
      return { ok: true }
    },
    'channels.start'({ channel, account }) {
      channels.start(channel, account)
      return { ok: true }
    },
    async 'channels.stop'({ channel, account }) {
      await channels.stop(channel, account)
      return { ok: true }
    },
    async 'channels.logout'({ channel, account }) {
      await channels.stop(channel, account)
      for (const one of channels.status(channel)) {
        if (account === undefined || one.account === account) await parts.forgetLogin(channel, one.account)
      }
      return { ok: true }
    },
    'deliveries.list': ({ state }) => ({ deliveries: delivery.list(state) }),
    'deliveries.retry': async ({ id }) => found(await delivery.retry(id), id),
    'deliveries.drop': async ({ id }) => found(await delivery.drop(id), id),
  }
}
