import { closed } from '@openclaw/sdk'

/** Nothing to set: where messages may go is the gateway's to decide. */
export const config = closed({})
