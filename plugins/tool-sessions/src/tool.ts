import { defineTools } from '@openclaw/sdk'
import { config } from './config.ts'
import { send, spawn } from './give.ts'
import { history, list, status } from './look.ts'

/** Sub-agents, and looking at sessions. */
export default defineTools({
  config,
  setup({ config: { scope = 'tree', maxText = 20_000 }, register }) {
    register(list(scope), history(scope, maxText), status(scope), spawn, send)
  },
})
