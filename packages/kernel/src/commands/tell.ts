import type { LedgerRecord } from '@openclaw/protocol'
import type { Admitted } from '../inbound/inbound.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'

/** Makes what says something to a chat outside of a run: owed by the ledger first, then sent. */
export function openTell(parts: {
  platform: Platform
  ledger: Ledger
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}) {
  return async (
    { address, session, event }: Admitted,
    text: string,
    more: readonly LedgerRecord[] = [],
  ): Promise<void> => {
    const outbound: LedgerRecord<'outbound'> = {
      type: 'outbound',
      id: parts.platform.random.id(),
      session,
      address,
      text,
      replyTo: event.message,
      at: parts.platform.clock.now(),
    }
    await parts.ledger.commit([...more, outbound])
    parts.deliver([outbound])
  }
}
