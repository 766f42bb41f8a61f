import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { ago, columns, oneLine } from '../terminal.ts'

const channel = { about: 'The channel, e.g. telegram' }
const account = { about: 'The account on it; default when absent', optional: true } as const

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const [{ plugins }, { accounts }] = await Promise.all([
      gateway.call('plugins.list', {}),
      gateway.call('channels.status', {}),
    ])
    const channels = plugins
      .filter(({ hooks }) => hooks.includes('channel'))
      .map(({ id, label, state, reason }) => ({
        id,
        label,
        state,
        ...(reason ? { reason } : {}),
        accounts: accounts.filter((one) => one.channel === id),
      }))
    const rows = channels.map((one) => [
      one.id,
      one.label,
      one.state,
      one.accounts.map(({ account, state }) => `${account} (${state})`).join(', ') || 'no account yet',
    ])
    return {
      value: { channels },
      text:
        rows.length > 0
          ? columns([['CHANNEL', 'NAME', 'PLUGIN', 'ACCOUNTS'], ...rows])
          : 'No channel is installed; the chat page and this terminal always work.',
      next: rows.length > 0 ? ['How their links are', 'channels status'] : ['How to add one', 'plugins add --help'],
    }
  },
})

export const status = defineCommand({
  takes: { channel: { ...channel, optional: true } },
  example: 'telegram',
  async run({ channel }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('channels.status', channel === undefined ? {} : { channel })
    const rows = answer.accounts.map((one) => [
      `${one.channel}/${one.account}`,
      one.state,
      ago(one.since),
      one.lastInboundAt === undefined ? 'never' : ago(one.lastInboundAt),
      one.lastOutboundAt === undefined ? 'never' : ago(one.lastOutboundAt),
      oneLine(one.detail ?? '', 120),
    ])
    return {
      value: answer,
      text:
        rows.length > 0
          ? columns([['ACCOUNT', 'STATE', 'SINCE', 'LAST IN', 'LAST OUT', 'DETAIL'], ...rows])
          : 'No account is configured.',
      next:
        rows.length > 0 ? ['Who asks to be admitted', 'pairing list'] : ['Which channels there are', 'channels list'],
    }
  },
})

export const start = defineCommand({
  takes: { channel, account },
  example: 'telegram',
  run: async ({ channel, account }, cli) => await turn('channels.start', channel, account, cli),
})

export const stop = defineCommand({
  takes: { channel, account },
  example: 'telegram',
  run: async ({ channel, account }, cli) => await turn('channels.stop', channel, account, cli),
})

async function turn(
  method: 'channels.start' | 'channels.stop',
  channel: string,
  account: string | undefined,
  cli: Cli,
) {
  const gateway = await cli.gateway()
  const value = await gateway.call(method, { channel, ...(account === undefined ? {} : { account }) })
  const name = `${channel}/${account ?? 'default'}`
  return {
    value,
    text: method === 'channels.start' ? `${name} connects.` : `${name} is disconnected until it is started again.`,
    next: ['How it goes', `channels status ${channel}`] as const,
  }
}
