import { defineCommand } from '../command.ts'
import { ago, columns } from '../terminal.ts'

const channel = { about: 'The channel, e.g. telegram' }

export const groups = defineCommand({
  takes: { channel: { ...channel, optional: true } },
  details: 'A group that is not let in gets no answer and is not kept; that it wrote is known until the gateway ends.',
  example: 'telegram',
  async run({ channel }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('groups.list', channel === undefined ? {} : { channel })
    const rows = [
      ...answer.allowed.map((one) => [one.channel, one.group, '', 'let in', '', '']),
      ...answer.refused.map((one) => [
        one.channel,
        one.group,
        one.place ?? '',
        'not let in',
        String(one.count),
        ago(one.lastAt),
      ]),
    ]
    const [first] = answer.refused
    return {
      value: answer,
      text:
        rows.length > 0
          ? columns([['CHANNEL', 'GROUP', 'CALLED', 'IS', 'WROTE', 'LAST'], ...rows])
          : 'No group is let in, and none wrote since the gateway started. Write something in one, then look again.',
      next: first
        ? ['Let one in', `channels allow ${first.channel} ${cli.quote(first.group)}`]
        : ['Channels and their links', 'channels list'],
    }
  },
})

export const allow = defineCommand({
  takes: { channel, group: { about: 'The id of the group, as channels groups shows it' } },
  details:
    'The id goes to channels.CHANNEL.groups.allow in the configuration. In a group the agent answers when it is mentioned.',
  example: 'telegram -1001234567890',
  async run({ channel, group }, cli) {
    const gateway = await cli.gateway()
    await gateway.call('groups.allow', { channel, group })
    return {
      value: { channel, group, allowed: true },
      text: `${channel}: the group ${group} is let in.`,
      next: ['All groups', `channels groups ${channel}`],
    }
  },
})
