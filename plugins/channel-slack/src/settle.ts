import type { App, ReceiverEvent } from '@slack/bolt'

/**
 * Runs Bolt's listeners to their end and resolves with what they acknowledged with. Bolt itself acknowledges an event
 * before its listeners have run, which would tell Slack that we have what is not durable yet; so the acknowledgement is
 * held until then. Rejects when a listener failed: then Slack must not be told.
 */
export async function settle(app: App, event: Omit<ReceiverEvent, 'ack'>): Promise<unknown> {
  let answer: unknown
  await app.processEvent({
    ...event,
    ack: async (response?: unknown) => {
      answer = response
    },
  })
  return answer
}
