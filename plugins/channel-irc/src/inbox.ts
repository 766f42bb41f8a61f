import { toFailure, type Account, type Inbound } from '@openclaw/sdk'

/** Hands messages to the kernel in the order in which they came. */
export interface Inbox {
  /** Takes a message that may not be whole yet; `lost` is called when it could not be stored. */
  take(event: Inbound | Promise<Inbound>, lost: () => void): void
  /** Resolves when everything taken so far is durable, or lost for good. */
  stored(): Promise<void>
}

export function openInbox({ id, log, receive, signal }: Account): Inbox {
  const storing = new Set<Promise<void>>()
  let handed: Promise<void> = Promise.resolve()

  function hand(event: Inbound, lost: () => void) {
    const stored = receive(event)
      .catch((error: unknown) => {
        // When the gateway stops, nobody is there to be asked to say it again.
        if (signal.aborted) return
        log.error(`irc/${id}: a message could not be stored`, { error: toFailure(error).message })
        lost()
      })
      .finally(() => storing.delete(stored))
    storing.add(stored)
  }

  return {
    take(event, lost) {
      handed = handed.then(async () => hand(await event, lost))
    },
    async stored() {
      await handed
      await Promise.all(storing)
    },
  }
}
