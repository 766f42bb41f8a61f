import type { EventName, EventPayload } from '@openclaw/protocol'

/** Tells everyone who may know that something happened. Never throws, never waits. */
export type Emit = <E extends EventName>(event: E, payload: EventPayload<E>, session?: string) => void
