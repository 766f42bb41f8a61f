import { closed } from '@openclaw/sdk'

/** Nothing to set: what an agent may change is the gateway's to decide. */
export const config = closed({})
