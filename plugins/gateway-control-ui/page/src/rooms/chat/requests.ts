import { type ReadonlySignal, signal } from '@preact/signals'
import type { EventPayload, MethodResult } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'

export type Approval = MethodResult<'approvals.list'>['approvals'][number]
export type PairingRequest = MethodResult<'pairing.list'>['requests'][number]

/** What waits for a person's decision. */
export interface Requests extends Disposable {
  readonly approvals: ReadonlySignal<readonly Approval[]>
  readonly pairings: ReadonlySignal<readonly PairingRequest[]>
  decide(id: string, verdict: 'allow' | 'deny'): Promise<void>
  admit(request: PairingRequest, owner: boolean): Promise<void>
  reject(request: PairingRequest): Promise<void>
}

/** Follows approvals and pairing requests, as far as our rights reach. */
export function openRequests(gateway: Gateway): Requests {
  const approvals = signal<readonly Approval[]>([])
  const pairings = signal<readonly PairingRequest[]>([])
  const withoutApproval = (id: string) => (approvals.value = approvals.peek().filter((one) => one.id !== id))
  const withoutPairing = (channel: string, code: string) =>
    (pairings.value = pairings.peek().filter((one) => one.channel !== channel || one.code !== code))

  async function load(): Promise<void> {
    const state = gateway.state.peek()
    const rights = state.at === 'open' ? state.hello.rights : []
    await Promise.allSettled([
      gateway.call('approvals.list', {}).then((found) => (approvals.value = found.approvals)),
      ...(rights.includes('pairing') || rights.includes('admin')
        ? [gateway.call('pairing.list', {}).then((found) => (pairings.value = found.requests))]
        : []),
    ])
  }

  const stops = [
    gateway.onOpen(() => void load()),
    gateway.onLost(() => void load()),
    gateway.onEvent(({ event, payload }) => {
      if (event === 'approval.requested') {
        const approval = payload as EventPayload<'approval.requested'>
        withoutApproval(approval.id)
        approvals.value = [...approvals.peek(), approval]
      } else if (event === 'approval.resolved') withoutApproval((payload as EventPayload<'approval.resolved'>).id)
      else if (event === 'pairing.requested') {
        const request = payload as EventPayload<'pairing.requested'>
        withoutPairing(request.channel, request.code)
        pairings.value = [...pairings.peek(), request]
      } else if (event === 'pairing.resolved') {
        const { channel, code } = payload as EventPayload<'pairing.resolved'>
        withoutPairing(channel, code)
      }
    }),
  ]
  return {
    approvals,
    pairings,
    async decide(id, verdict) {
      await gateway.call('approvals.resolve', { id, verdict })
      withoutApproval(id)
    },
    async admit({ channel, code }, owner) {
      await gateway.call('pairing.approve', { channel, code, ...(owner ? { owner } : {}) })
      withoutPairing(channel, code)
    },
    async reject({ channel, code }) {
      await gateway.call('pairing.reject', { channel, code })
      withoutPairing(channel, code)
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop()
    },
  }
}
