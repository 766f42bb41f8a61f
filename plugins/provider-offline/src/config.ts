import { closed } from '@openclaw/sdk'

/** There is nothing to configure. */
export const config = closed({})
