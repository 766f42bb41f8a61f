import type { Gateway } from './gateway/gateway.ts'

/** What people said and the bot did not acknowledge yet. */
export interface Owed {
  said(message: string): void
  /** It was given out as history. */
  listed(messages: readonly { readonly id: string }[]): void
  /** Resolves when nothing is owed. */
  settled(): Promise<void>
}

/** How often a bot is asked for a heartbeat while something is owed. */
const askEveryMs = 10

/**
 * A bot acknowledges an event by a heartbeat whose sequence has reached it:
 * https://docs.discord.com/developers/events/gateway#sending-heartbeats
 */
export function trackOwed(gateway: Pick<Gateway, 'onAcknowledged' | 'askHeartbeats'>): Owed {
  const messages = new Set<string>()
  const waiting = new Set<() => void>()

  function settle(message: string): void {
    messages.delete(message)
    if (messages.size > 0) return
    for (const resolve of waiting) resolve()
    waiting.clear()
  }

  gateway.onAcknowledged(({ t, d }) => {
    if (t === 'MESSAGE_CREATE') settle((d as { id: string }).id)
  })

  return {
    said: (message) => void messages.add(message),
    listed(given) {
      for (const { id } of given) settle(id)
    },
    async settled() {
      if (messages.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      const asking = setInterval(() => gateway.askHeartbeats(), askEveryMs).unref()
      gateway.askHeartbeats()
      await promise
      clearInterval(asking)
    },
  }
}
