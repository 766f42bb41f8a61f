import type { Params, Result } from '@openclaw/protocol'
import { fromBase64, toBase64 } from '../host/streams.ts'
import type { Store } from '../scope.ts'
import type { StoreMethods } from './wire.ts'

type Name = keyof StoreMethods
/** Calls the side that keeps the values. */
export type AskStore = <M extends Name>(method: M, params: Params<StoreMethods[M]>) => Promise<Result<StoreMethods[M]>>

/** A store that the other side of the wire keeps: of the account of a link, or of the plugin when there is none. */
export function remoteStore(ask: AskStore, link?: number): Store {
  const of = link === undefined ? {} : { link }
  return {
    async get(key) {
      const { value } = await ask('store.get', { ...of, key })
      return value === undefined ? undefined : fromBase64(value)
    },
    set: async (key, value) => void (await ask('store.set', { ...of, key, value: toBase64(value) })),
    delete: async (key) => void (await ask('store.delete', { ...of, key })),
    async list(prefix) {
      return (await ask('store.list', { ...of, ...(prefix === undefined ? {} : { prefix }) })).keys
    },
  }
}

/** Serves the stores of this side; `storeOf` throws when there is none. */
export function serveStore(storeOf: (link: number | undefined) => Store): {
  readonly [M in Name]: (params: Params<StoreMethods[M]>) => Promise<Result<StoreMethods[M]>>
} {
  return {
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
  }
}
