import { failure } from '@openclaw/protocol'
import type { Account, Command, Scope } from '@openclaw/sdk'
import { borrowStream, lightFetch } from '@openclaw/sdk/host'
import { remoteStore } from '@openclaw/sdk/isolation'
import type { ChildParts } from './serve.ts'

/** One life of an account, as the channel entry in this process sees it. What it asks for is asked of the gateway. */
export function makeAccount(
  parts: ChildParts,
  scope: Scope,
  given: { link: number; account: string; config: unknown; commands: readonly unknown[]; webhook: string },
): Account {
  const { link, account: id, config } = given
  const { wire, clock, door } = parts
  const lender = {
    read: (stream: number) => wire.call('stream.read', { stream }),
    cancel: (stream: number) => wire.call('stream.cancel', { stream }),
  }
  return {
    ...scope,
    id,
    config,
    store: remoteStore(wire.call, link),
    fetch: lightFetch,
    clock,
    commands: given.commands as readonly Command[],
    async open(attachment, signal) {
      const { stream } = await wire.call('account.open', { link, attachment }, { signal })
      return borrowStream(stream, lender)
    },
    receive: async (event) => void (await wire.call('account.receive', { link, event })),
    choose: (click) => wire.call('account.choose', { link, click }),
    webhook(route) {
      if (door.webhooks.has(link)) throw failure('conflict', `${id}: the webhook is served already`)
      door.webhooks.set(link, route)
      scope.defer(() => void door.webhooks.delete(link), 'webhook')
      void wire.notify('account.webhook', { link })
      return new URL(given.webhook)
    },
    report: (state, detail, fatal) =>
      void wire.notify('account.report', {
        link,
        state,
        ...(detail === undefined ? {} : { detail }),
        ...(fatal === undefined ? {} : { fatal }),
      }),
    typing: (peer, on, sender) =>
      void wire.notify('account.typing', { link, peer, on, ...(sender === undefined ? {} : { sender }) }),
    presence: (sender, state) => void wire.notify('account.presence', { link, sender, state }),
  }
}
