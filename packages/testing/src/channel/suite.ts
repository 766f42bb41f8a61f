import { describe, it } from 'vitest'
import { channelBench } from './bench.ts'
import { admissionChecks } from './checks/admission.ts'
import { authorityChecks } from './checks/authority.ts'
import { endingChecks } from './checks/endings.ts'
import { exchangeChecks } from './checks/exchange.ts'
import { failureChecks } from './checks/failures.ts'
import { fileChecks } from './checks/files.ts'
import { inboundChecks } from './checks/inbound.ts'
import { outboundChecks } from './checks/outbound.ts'
import { webhookChecks } from './checks/webhook.ts'
import type { ChannelCheck, ChannelFixture } from './fixture.ts'

/** Everything that a channel is checked for. */
export const channelChecks: readonly ChannelCheck[] = [
  ...inboundChecks,
  ...outboundChecks,
  ...fileChecks,
  ...failureChecks,
  ...endingChecks,
  ...webhookChecks,
  ...admissionChecks,
  ...authorityChecks,
  ...exchangeChecks,
]

const checkTimeoutMs = 60_000

/**
 * What every channel entry must hold to. Call it in the plugin's `test/conformance.test.ts`. Checks for which channel and
 * counterpart have no means (no groups, no edits, no buttons …) are left out.
 */
export function channelConformance(fixture: ChannelFixture): void {
  describe(`channel conformance: ${fixture.name}`, async () => {
    for (const { name, run } of await possibleChecks(fixture)) it(name, { timeout: checkTimeoutMs }, () => run(fixture))
  })
}

/** The checks for which there are means: connects once to see. */
export async function possibleChecks(fixture: ChannelFixture): Promise<readonly ChannelCheck[]> {
  await using bench = await channelBench(fixture)
  const means = await bench.means()
  return channelChecks.filter(({ needs }) => needs?.(means) ?? true)
}
