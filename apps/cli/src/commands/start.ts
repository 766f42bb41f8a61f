import { defineCommand } from '../command.ts'
import { gatewayOptions, readGatewayOptions, runGateway } from '../foreground.ts'

export const start = defineCommand({
  options: gatewayOptions,
  example: '',
  async run(given, cli) {
    const gateway = await cli.findGateway()
    if (!gateway) return await runGateway(readGatewayOptions(given), cli)
    const [health, link] = await Promise.all([gateway.call('health', {}), gateway.call('links.create', {})])
    return {
      value: {
        attached: true,
        address: health.address,
        pid: health.pid,
        home: cli.home,
        version: health.version,
        link: link.url,
      },
      text: [
        `OpenClaw is already running at ${health.address} (process ${health.pid}).`,
        `Chat here: ${link.url}`,
        'The link works once, for ten minutes.',
      ],
      next: ['Another link', 'open'],
    }
  },
})
