import type { EventName, EventPayload } from '@openclaw/protocol'

/**
 * Tells everyone who may know that something happened. Never throws, never waits. `text` is the JSON of the payload,
 * from who has it already.
 */
export type Emit = <E extends EventName>(event: E, payload: EventPayload<E>, session?: string, text?: string) => void
