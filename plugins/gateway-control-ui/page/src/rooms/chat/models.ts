import { type ReadonlySignal, signal } from '@preact/signals'
import type { Failure, MethodResult } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'

/** What `models.list` says. */
export type ModelList = MethodResult<'models.list'>
export type Offer = ModelList['offers'][number]

/** The embedded model that answers while none is configured. */
export const offlineModel = 'offline/assistant'

/** The models one can talk to, and what was noticed on the gateway's machine. */
export interface Models extends Disposable {
  /** Undefined until read. */
  readonly list: ReadonlySignal<ModelList | undefined>
  readonly failure: ReadonlySignal<Failure | undefined>
  /** Reads again; with `discover`, looks for local servers and key variables too. */
  refresh(discover?: boolean): Promise<ModelList | undefined>
}

/** Follows the models of a gateway. */
export function openModels(gateway: Gateway): Models {
  const list = signal<ModelList | undefined>(undefined)
  const failure = signal<Failure | undefined>(undefined)
  async function refresh(discover = false): Promise<ModelList | undefined> {
    try {
      const found = await gateway.call('models.list', discover ? { discover } : {})
      // An answer without discovery has no offers to tell of; those that were found stay.
      list.value = discover
        ? found
        : { ...found, offers: found.offers.length ? found.offers : (list.peek()?.offers ?? []) }
      failure.value = undefined
      return found
    } catch (thrown) {
      failure.value = thrown as Failure
      return undefined
    }
  }
  const stops = [
    gateway.onOpen(() => void refresh()),
    gateway.onEvent(({ event }) => {
      if (event === 'config.changed' || event === 'plugin.state') void refresh()
    }),
  ]
  return {
    list,
    failure,
    refresh,
    [Symbol.dispose]() {
      for (const stop of stops) stop()
    },
  }
}
