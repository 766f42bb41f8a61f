import type { Incoming, Serves } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { Channel, Link } from '@openclaw/sdk'
import { openScope, type OwnedScope } from '@openclaw/sdk/host'
import type { ChildMethods } from '../wire.ts'
import { makeAccount } from './account.ts'
import type { ChildParts } from './serve.ts'

type Served = Extract<keyof ChildMethods, `channel.${string}` | `link.${string}`>

const optional = ['edit', 'delete', 'react', 'typing', 'fetch', 'find', 'probe'] as const

/** Serves the channel entry of a plugin to the gateway. */
export function serveChannel(parts: ChildParts): {
  readonly handlers: Pick<Serves<ChildMethods>, Served>
  /** Closes every link; resolves with what could not be ended. */
  close(): Promise<string[]>
} {
  const links = new Map<number, { readonly owned: OwnedScope; link?: Link }>()
  let entry: Channel | undefined

  function channel(): Channel {
    if (!entry) throw failure('conflict', 'the channel entry was not loaded yet')
    return entry
  }
  function linkOf(number: number): Link {
    const link = links.get(number)?.link
    if (!link) throw failure('unavailable', `there is no link ${number} any more`)
    return link
  }
  /** A method that the link may lack; the gateway asks only for what is there. */
  function able<M extends (typeof optional)[number]>(number: number, name: M): NonNullable<Link[M]> {
    const link = linkOf(number)
    const found = link[name]
    if (!found) throw failure('unsupported', `the link cannot ${name}`)
    return found.bind(link) as NonNullable<Link[M]>
  }
  /** Closed as the kernel closes a link in its own process: the link first, then what its account holds. */
  async function close(number: number): Promise<readonly string[]> {
    const one = links.get(number)
    links.delete(number)
    if (!one) return []
    const failed = await one.link?.[Symbol.asyncDispose]().then(
      () => undefined,
      (error: unknown) => `link: ${error instanceof Error ? error.message : String(error)}`,
    )
    return [...(failed === undefined ? [] : [failed]), ...(await one.owned.close())]
  }

  return {
    handlers: {
      async 'channel.describe'({ module }) {
        entry = (await parts.load(module)) as unknown as Channel
        const { id, account, traits, render, connect } = entry
        if (typeof connect !== 'function') throw failure('invalid_config', `${module} exports no channel`)
        return { id, account: account as never, traits, renders: render !== undefined }
      },
      'channel.render': ({ markdown }) => ({ pieces: [...(channel().render?.(markdown) ?? [])] }),
      async 'channel.connect'(given, incoming) {
        const owned = openScope({ label: `account ${given.account}`, log: parts.log, clock: parts.clock })
        const one: { owned: OwnedScope; link?: Link } = { owned }
        links.set(given.link, one)
        const giveUp = () => void close(given.link)
        incoming.signal.addEventListener('abort', giveUp, { once: true })
        try {
          const link = await channel().connect(makeAccount(parts, owned.scope, given))
          one.link = link
          // A link that comes after it was given up has nobody who would close it.
          if (!links.has(given.link)) {
            await link[Symbol.asyncDispose]()
            throw failure('aborted', `${given.account}: connecting was given up`)
          }
          return { has: optional.filter((name) => link[name] !== undefined) }
        } catch (error) {
          await close(given.link)
          throw error
        } finally {
          incoming.signal.removeEventListener('abort', giveUp)
        }
      },
      async 'link.close'({ link }) {
        await close(link)
        return {}
      },
      'link.send': ({ link, message }, { signal }: Incoming) => linkOf(link).send(message, signal),
      async 'link.edit'({ link, peer, message, text }, { signal }) {
        await able(link, 'edit')(peer, message, text, signal)
        return {}
      },
      async 'link.delete'({ link, peer, message }, { signal }) {
        await able(link, 'delete')(peer, message, signal)
        return {}
      },
      async 'link.react'({ link, peer, message, emoji }, { signal }) {
        await able(link, 'react')(peer, message, emoji, signal)
        return {}
      },
      async 'link.typing'({ link, peer }, { signal }) {
        await able(link, 'typing')(peer, signal)
        return {}
      },
      'link.fetch': async ({ link, attachment }, { signal }) => ({
        stream: await parts.streams.lend(await able(link, 'fetch')(attachment, signal)),
      }),
      async 'link.find'({ link, peer, idempotencyKey }, { signal }) {
        const receipt = await able(link, 'find')(peer, idempotencyKey, signal)
        return receipt ? { receipt } : {}
      },
      'link.probe': async ({ link }, { signal }) => ({ text: await able(link, 'probe')(signal) }),
    },
    async close() {
      const left = await Promise.all([...links.keys()].map(close))
      return left.flat()
    },
  }
}
