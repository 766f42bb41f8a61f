import { defineTools } from '@openclaw/sdk'
import { config } from './config.ts'
import { message } from './message.ts'

/** Messages beside the answer. */
export default defineTools({
  config,
  setup({ register }) {
    register(message)
  },
})
