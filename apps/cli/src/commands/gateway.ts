import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { gatewayOptions, readGatewayOptions, runGateway } from '../foreground.ts'

export const gateway = defineCommand({
  takes: { run: { about: 'The word run, which may be left out', optional: true } },
  options: gatewayOptions,
  details:
    'Stops with Ctrl-C or SIGTERM, after it has settled what runs. One gateway per home: a second one says which process has it.',
  example: '--port 18790',
  async run({ run, ...given }, cli) {
    if (run !== undefined && run !== 'run') throw usage(`gateway takes the word run or nothing, not "${run}".`)
    return await runGateway(readGatewayOptions(given), cli)
  },
})

export const restart = defineCommand({
  details: 'It stays the same process in the same window; connected pages and channels connect again by themselves.',
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const value = await gateway.call('gateway.restart', {})
    return { value, text: 'The gateway starts again.', next: ['Whether it is back', 'health'] }
  },
})
