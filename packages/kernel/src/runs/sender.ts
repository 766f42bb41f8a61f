import type { LedgerRecord } from '@openclaw/protocol'
import type { RunParts } from './parts.ts'

/** For whom a run works, as `channel/account/person`; undefined when it works for the owner. */
export function senderOf(accepts: readonly LedgerRecord<'accept'>[]): string | undefined {
  return accepts.findLast(({ sender }) => sender !== undefined)?.sender
}

/** Says something to the owner where they wrote from last, when it is not this very chat. Owed first, then sent. */
export async function tellOwner(
  parts: Pick<RunParts, 'platform' | 'ledger' | 'deliver' | 'ownerChat'>,
  session: string,
  text: string,
): Promise<void> {
  const address = parts.ownerChat()
  if (!address) return
  const { platform, ledger } = parts
  const outbound = {
    type: 'outbound' as const,
    id: platform.random.id(),
    session,
    address,
    text,
    at: platform.clock.now(),
  }
  await ledger.commit([outbound])
  parts.deliver([outbound])
}
