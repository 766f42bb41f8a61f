import { defineCommand } from '../command.ts'
import { printable } from '../terminal.ts'

export const explain = defineCommand({
  takes: {
    channel: { about: 'The channel, e.g. telegram' },
    peer: { about: 'The stable id of the person or the group' },
  },
  options: {
    account: { type: 'text', about: 'The account of the channel; default when absent' },
    group: { type: 'boolean', about: 'The peer is a group' },
    thread: { type: 'text', about: 'The thread in it' },
    parent: { type: 'text', about: 'The peer that holds the thread' },
    guild: { type: 'text', about: 'The guild of the group' },
    team: { type: 'text', about: 'The team of the group' },
    roles: { type: 'text', value: 'LIST', about: "The sender's role ids in the guild, separated by commas" },
  },
  example: 'telegram user123',
  async run({ channel, peer, group, roles, ...more }, cli) {
    const gateway = await cli.gateway()
    const { account, thread, parent, guild, team } = more
    const given = Object.entries({ account, thread, parent, guild, team }).filter(([, value]) => value !== undefined)
    const answer = await gateway.call('route.explain', {
      channel,
      peer,
      ...Object.fromEntries(given),
      ...(group ? { kind: 'group' as const } : {}),
      ...(roles === undefined ? {} : { roles: roles.split(',').map((role) => role.trim()) }),
    })
    return {
      value: answer,
      text: [
        `Agent    ${answer.agent}`,
        `Session  ${printable(answer.session)}`,
        `Because  ${answer.tier}${answer.binding === undefined ? '' : `, bindings.${answer.binding}`}`,
        ...answer.steps.map((step) => `  ${printable(step)}`),
      ],
      next: ['The rules', 'config get bindings'],
    }
  },
})
