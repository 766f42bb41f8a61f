import { failure } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { columns, count, oneLine, printable } from '../terminal.ts'

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('plugins.list', {})
    const rows = answer.plugins.map((one) => [
      one.id,
      one.version,
      one.hooks.join(', '),
      one.source,
      one.state,
      oneLine(one.reason ?? one.label, 100),
    ])
    const parked = answer.plugins.find(({ state }) => state === 'parked')
    return {
      value: answer,
      text: columns([['PLUGIN', 'VERSION', 'PLUGS INTO', 'FROM', 'STATE', ''], ...rows]),
      next: parked ? ['Why one is parked', `plugins inspect ${parked.id}`] : ['How to add one', 'plugins add --help'],
    }
  },
})

export const inspect = defineCommand({
  takes: { plugin: { about: 'Its id or its npm name' } },
  example: 'files',
  async run({ plugin }, cli) {
    const gateway = await cli.gateway()
    const { plugins } = await gateway.call('plugins.list', {})
    const one = plugins.find(({ id, name }) => id === plugin || name === plugin)
    if (!one)
      throw failure('not_found', `No plugin "${plugin}" is plugged in; ${cli.command('plugins list')} shows them.`)
    return {
      value: one,
      text: [
        `${one.label} (${one.id}), ${one.name} ${one.version}, ${one.source}`,
        `State        ${one.state}${one.reason ? `: ${cli.pasteable(printable(one.reason))}` : ''}`,
        `Plugs into   ${one.hooks.join(', ')}`,
        `Network      ${one.permissions.network.join(', ') || 'none'}`,
        `Methods      ${one.permissions.methods.join(', ') || 'none'}`,
        ...(one.setupMs === undefined ? [] : [`Set up in    ${Math.round(one.setupMs)} ms`]),
        `Holds        ${one.holds.length > 0 ? `${count(one.holds.length, 'thing')}: ${oneLine(one.holds.join(', '), 300)}` : 'nothing'}`,
      ],
      next:
        one.state === 'disabled'
          ? ['Turn it on', `config set plugins.${one.id}.enabled true`]
          : ['Its settings', `config get plugins.${one.id}`],
    }
  },
})

export const reload = defineCommand({
  takes: { plugin: { about: 'Its id' } },
  example: 'files',
  async run({ plugin }, cli) {
    const gateway = await cli.gateway()
    const { plugins } = await gateway.call('plugins.reload', { id: plugin })
    const one = plugins.find(({ id }) => id === plugin)
    if (!one)
      throw failure('not_found', `No plugin "${plugin}" is plugged in; ${cli.command('plugins list')} shows them.`)
    return {
      value: one,
      text: `${one.label} is ${one.state}${one.reason ? `: ${cli.pasteable(printable(one.reason))}` : '.'}`,
      next: ['What it holds', `plugins inspect ${one.id}`],
    }
  },
})
