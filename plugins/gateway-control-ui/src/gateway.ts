import { defineGateway } from '@openclaw/sdk'
import { config } from './config.ts'
import { findPage, servePage } from './page.ts'

/**
 * Serves the built page under `/control-ui/`. Its files are public and hold no data: everything a person sees comes
 * over the authenticated WebSocket.
 */
export default defineGateway({
  id: 'control-ui',
  config,
  setup({ log }) {
    if (!findPage()) log.warn('control-ui: the page is not built; run `pnpm build`, then open it again')
    return { fetch: servePage }
  },
})
