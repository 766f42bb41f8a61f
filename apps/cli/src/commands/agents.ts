import type { MethodParams, MethodResult } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { columns } from '../terminal.ts'

type Match = MethodParams<'agents.bind'>['match']

const id = { about: 'The agent' }
const channel = { about: 'The channel, e.g. telegram' }
const place = {
  account: { type: 'text', value: 'ID', about: 'Only this account; * is any, the default one when absent' },
  peer: { type: 'text', value: 'ID', about: 'Only this person or group, by the stable id of the platform' },
  guild: { type: 'text', value: 'ID', about: 'Only this guild' },
  team: { type: 'text', value: 'ID', about: 'Only this team' },
} as const

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('agents.list', {})
    const rows = answer.agents.map((one) => [
      one.default ? `${one.id} (default)` : one.id,
      one.name ?? '',
      [one.model, ...one.fallbacks].join(', '),
      one.bindings.map(describe).join('; '),
      one.workspace,
    ])
    return {
      value: answer,
      text: columns([['AGENT', 'NAME', 'MODEL', 'ANSWERS', 'WORKSPACE'], ...rows]),
      next: ['Add another one', 'agents add work --model openai/gpt-5-mini'],
    }
  },
})

export const add = defineCommand({
  takes: { id: { about: 'What it is called in session keys and folders, e.g. work' } },
  options: {
    name: { type: 'text', value: 'TEXT', about: 'What people call it' },
    model: { type: 'text', value: 'MODEL', about: 'Its model, as provider/model' },
    workspace: { type: 'text', value: 'DIR', about: 'Its folder; one of its own when absent' },
  },
  details: 'It answers where it is bound, and wherever its name stands in a session key.',
  example: 'work --name Clara --model openai/gpt-5-mini',
  async run({ id, name, model, workspace }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('agents.add', {
      id,
      ...(name === undefined ? {} : { name }),
      ...(model === undefined ? {} : { model }),
      ...(workspace === undefined ? {} : { workspace }),
    })
    return {
      value: answer,
      text: `The agent ${id} works in ${answer.workspace}.`,
      next: ['Let it answer a channel', `agents bind ${id} telegram`],
    }
  },
})

export const remove = defineCommand({
  takes: { id },
  options: { yes: { type: 'boolean', short: 'y', about: 'Do not ask' } },
  details: 'What was said with it and its workspace stay on the disk.',
  example: 'work --yes',
  async run({ id, yes }, cli) {
    const gateway = await cli.gateway()
    await confirm(`Take the agent ${id} and its bindings out of the configuration?`, yes, cli)
    const answer = await gateway.call('agents.remove', { id })
    return { value: answer, text: `The agent ${id} is gone; its files stay.`, next: ['Who is left', 'agents list'] }
  },
})

export const bind = defineCommand({
  takes: { id, channel },
  options: place,
  details: 'The most specific binding wins: a person or group before an account, an account before a channel.',
  example: 'work telegram --peer 4711',
  async run({ id, channel, ...where }, cli) {
    const gateway = await cli.gateway()
    const match = matchOf(channel, where)
    const answer = await gateway.call('agents.bind', { agent: id, match })
    return {
      value: answer,
      text: `${id} answers ${describe(match)}${answer.instead && answer.instead !== id ? ` in place of ${answer.instead}` : ''}.`,
      next: ['Who answers whom', `route explain ${cli.quote(channel)} ${cli.quote(where.peer ?? 'user123')}`],
    }
  },
})

export const unbind = defineCommand({
  takes: { channel },
  options: place,
  example: 'telegram --peer 4711',
  async run({ channel, ...where }, cli) {
    const gateway = await cli.gateway()
    const match = matchOf(channel, where)
    const answer = await gateway.call('agents.unbind', { match })
    return {
      value: answer,
      text: `${answer.agent} does not answer ${describe(match)} any more.`,
      next: ['Who answers whom', 'agents list'],
    }
  },
})

function matchOf(channel: string, where: { readonly [K in keyof typeof place]: string | undefined }): Match {
  const { account, peer, guild, team } = where
  return {
    channel,
    ...(account === undefined ? {} : { account }),
    ...(peer === undefined ? {} : { peer: { id: peer } }),
    ...(guild === undefined ? {} : { guild }),
    ...(team === undefined ? {} : { team }),
  }
}

function describe(match: MethodResult<'agents.list'>['agents'][number]['bindings'][number]): string {
  const { channel, account, peer, guild, team } = match
  return [
    account === undefined ? channel : `${channel}/${account}`,
    ...(peer ? [peer.id] : []),
    ...(guild === undefined ? [] : [`guild ${guild}`]),
    ...(team === undefined ? [] : [`team ${team}`]),
  ].join(' ')
}
