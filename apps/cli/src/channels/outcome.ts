import type { MethodResult } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import type { Gateway } from '../gateway.ts'
import { oneLine, printable } from '../terminal.ts'

/** How an account does after it was set up. */
export interface Outcome {
  readonly ok: boolean
  readonly state: MethodResult<'channels.status'>['accounts'][number]['state']
  readonly detail?: string
  readonly probe: Pick<MethodResult<'channels.probe'>['probes'][number], 'ok' | 'text' | 'ms'>
}

/** A gateway gives up an attempt to connect after 30 s, and each look takes at most 10. */
const looks = 4

/** Waits until it is connected or has failed to, and asks the platform something through it. */
export async function tryOut(channel: string, account: string, gateway: Gateway, cli: Cli): Promise<Outcome> {
  using _ = cli.terminal.progress(`Connecting ${channel}/${account}`)
  for (let look = 1; ; look++) {
    const { probes } = await gateway.call('channels.probe', { channel, account })
    const { accounts } = await gateway.call('channels.status', { channel })
    const status = accounts.find((one) => one.account === account)
    const { ok = false, text = 'it is gone', ms = 0 } = probes[0] ?? {}
    const state = status?.state ?? 'stopped'
    if (state === 'connecting' && look < looks) continue
    return { ok, state, ...(status?.detail ? { detail: status.detail } : {}), probe: { ok, text, ms } }
  }
}

/** What a person reads of it. */
export function tellOutcome(name: string, { ok, state, detail, probe }: Outcome, cli: Cli): string {
  if (ok) return `${name} is ${state}: ${oneLine(probe.text, 200)} (${probe.ms} ms).`
  const reason = cli.pasteable(printable(detail ?? probe.text))
  return state === 'online' || state === 'degraded'
    ? `${name} is ${state} and does not answer: ${cli.pasteable(printable(probe.text))}`
    : `${name} is ${state}: ${reason}${state === 'offline' ? '\nThe gateway keeps trying.' : ''}`
}

/** Who gets an answer now, and how that is changed. */
export async function tellWhoMayWrite(channel: string, gateway: Gateway, cli: Cli): Promise<string[]> {
  const { value } = await gateway.call('config.get', { path: `channels.${channel}` })
  const { dm, groups } = value as { dm?: { policy?: string }; groups?: { policy?: string } }
  const direct: Readonly<Record<string, string>> = {
    pairing: `Write to it. Whoever it does not know gets a code, and no answer before you say yes; for yourself: ${cli.command(`pairing approve ${channel} CODE --owner`)}`,
    allowlist: `Who is paired, or stands in channels.${channel}.dm.allow, gets an answer.`,
    open: 'Whoever writes to it gets an answer, as a guest.',
    disabled: `It answers no direct messages: channels.${channel}.dm.policy is "disabled".`,
  }
  return [
    direct[dm?.policy ?? 'pairing'] ?? '',
    ...((groups?.policy ?? 'allowlist') === 'allowlist'
      ? [`In a group it answers once that is let in: ${cli.command(`channels groups ${channel}`)}`]
      : []),
  ]
}
