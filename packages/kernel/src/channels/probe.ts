import { toFailure, type MethodResult } from '@openclaw/protocol'
import { deadline, within } from '../deadline.ts'
import type { Platform } from '../platform.ts'
import type { AccountMachine } from './account.ts'

export type Probe = MethodResult<'channels.probe'>['probes'][number]

const probeMs = 10_000

/** One real round trip of an account, at most 10 s. One that is just connecting is waited for in that time. */
export async function probe(
  machine: AccountMachine,
  { platform: { clock }, mask }: { readonly platform: Platform; mask(text: string): string },
): Promise<Probe> {
  const { channel, account } = machine.status
  const begun = clock.monotonic()
  const answer = (ok: boolean, text: string): Probe => ({
    channel,
    account,
    ok,
    text: mask(text),
    ms: Math.round(clock.monotonic() - begun),
  })
  using limit = deadline(clock, probeMs, `${channel}/${account}: asking the platform`)
  try {
    await machine.settled(limit.signal)
    const { link, status } = machine
    if (!link) return answer(false, `${status.state}${status.detail === undefined ? '' : `: ${status.detail}`}`)
    if (!link.probe) return answer(true, 'connected; its plugin cannot ask the platform for more')
    return answer(true, await within(link.probe(limit.signal), limit.signal))
  } catch (error) {
    return answer(false, toFailure(error).message)
  }
}
