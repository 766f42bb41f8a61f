import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
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
      next: rows.length > 0 ? ['How their links are', 'channels status'] : ['How to add one', 'channels add --help'],
    }
  },
})

export const status = defineCommand({
  takes: { channel: { ...channel, optional: true } },
  options: { probe: { type: 'boolean', about: 'Ask each platform something, for real; ten seconds at most' } },
  example: 'telegram --probe',
  async run({ channel, probe }, cli) {
    const gateway = await cli.gateway()
    const asked = channel === undefined ? {} : { channel }
    using _ = cli.terminal.progress('Asking the platforms')
    const probes = probe ? (await gateway.call('channels.probe', asked)).probes : []
    const answer = await gateway.call('channels.status', asked)
    const accounts = answer.accounts.map((one) => {
      const { ok, text, ms } = probes.find((it) => it.channel === one.channel && it.account === one.account) ?? {}
      return { ...one, ...(ok === undefined ? {} : { probe: { ok, text, ms } }) }
    })
    const rows = accounts.map((one) => [
      `${one.channel}/${one.account}`,
      one.state,
      ago(one.since),
      one.lastInboundAt === undefined ? 'never' : ago(one.lastInboundAt),
      one.lastOutboundAt === undefined ? 'never' : ago(one.lastOutboundAt),
      ...(probe ? [tellProbe(one)] : [oneLine(cli.pasteable(one.detail ?? ''), 200)]),
    ])
    return {
      value: { accounts },
      text:
        rows.length > 0
          ? columns([['ACCOUNT', 'STATE', 'SINCE', 'LAST IN', 'LAST OUT', probe ? 'PROBE' : 'DETAIL'], ...rows])
          : 'No account is configured.',
      next: rows.length > 0 ? ['Who asks to be admitted', 'pairing list'] : ['How to add one', 'channels add --help'],
      exit: probes.every(({ ok }) => ok) ? exits.ok[0] : exits.failed[0],
    }

    function tellProbe({ probe }: (typeof accounts)[number]): string {
      return probe ? `${oneLine(cli.pasteable(probe.text ?? ''), 200)}${probe.ok ? ` (${probe.ms} ms)` : ''}` : ''
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
