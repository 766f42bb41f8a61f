import { defineCommand } from '../command.ts'
import { confirm } from '../confirm.ts'

export const remove = defineCommand({
  takes: { channel: { about: 'The channel, e.g. telegram' } },
  options: {
    account: { type: 'text', value: 'ID', about: 'The account on it; default when absent' },
    yes: { type: 'boolean', short: 'y', about: 'Do not ask' },
  },
  details:
    'Its login, its secrets and its settings are gone for good. Who was admitted stays so, and its plugin stays installed.',
  example: 'telegram --yes',
  async run({ channel, account = 'default', yes }, cli) {
    const gateway = await cli.gateway()
    const name = `${channel}/${account}`
    await confirm(`Disconnect ${name} and forget its login, secrets and settings for good?`, yes, cli)
    await gateway.call('channels.remove', { channel, account })
    return {
      value: { channel, account, removed: true },
      text: `${name} is disconnected and forgotten.`,
      next: ['What is left', 'channels list'],
    }
  },
})
