import { defineTools } from '@openclaw/sdk'
import { config } from './config.ts'
import { gateway } from './gateway.ts'

/** The gateway itself, for its owner. */
export default defineTools({
  config,
  setup({ register }) {
    register(gateway)
  },
})
