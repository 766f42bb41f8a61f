import type { Wire } from '@openclaw/client'
import type { Store } from '@openclaw/sdk'
import { fromBase64, toBase64 } from '../streams.ts'
import type { ChildSide } from '../wire.ts'

/** A store that the gateway keeps: of the account of a link, or of the plugin when there is none. */
export function remoteStore(wire: () => Wire<ChildSide>, link?: number): Store {
  const of = link === undefined ? {} : { link }
  return {
    async get(key) {
      const { value } = await wire().call('store.get', { ...of, key })
      return value === undefined ? undefined : fromBase64(value)
    },
    set: async (key, value) => void (await wire().call('store.set', { ...of, key, value: toBase64(value) })),
    delete: async (key) => void (await wire().call('store.delete', { ...of, key })),
    async list(prefix) {
      return (await wire().call('store.list', { ...of, ...(prefix === undefined ? {} : { prefix }) })).keys
    },
  }
}
