import { defineTools, failure, toFailure } from '@openclaw/sdk'
import { config } from './config.ts'
import { offer } from './offer.ts'
import { openServer, type Server } from './server.ts'

/** Time until a server whose tools nobody knows yet is asked again. */
const askAgainMs = 60_000

/**
 * The tools of MCP servers. A server is started when one of its tools is called; what tools it has is kept, so that
 * only one that was just added to the configuration is started to be asked.
 */
export default defineTools({
  config,
  async setup({ config: { servers = {}, maxTools = 20 }, store, log, signal, use, register }) {
    const opened: Server[] = []
    let offered: Disposable | undefined
    const renew = () => {
      offered?.[Symbol.dispose]()
      offered = register(...offer(opened, maxTools))
    }
    for (const [name, settings] of Object.entries(servers)) {
      if (settings.enabled === false) continue
      if ((settings.command === undefined) === (settings.url === undefined))
        throw failure('invalid_config', `plugins.mcp.config.servers.${name}: give either command or url`)
      opened.push(use(await openServer({ name, settings, store, log }), `server ${name}`))
    }
    renew()
    for (const server of opened) if (!server.tools()) void learn(server)

    async function learn(server: Server): Promise<void> {
      try {
        await server.start()
        if (!signal.aborted) renew()
      } catch (thrown) {
        if (signal.aborted) return
        log.warn(`${toFailure(thrown).message}; its tools are missing until it does`)
        setTimeout(() => !signal.aborted && void learn(server), askAgainMs).unref()
      }
    }
  },
})
