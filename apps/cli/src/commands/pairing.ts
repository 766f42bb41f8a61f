import { defineCommand } from '../command.ts'
import { ago, columns, span } from '../terminal.ts'

const channel = { about: 'The channel that the code was given on, e.g. telegram' }
const code = { about: 'The code that the stranger was given' }

export const list = defineCommand({
  takes: { channel: { ...channel, optional: true } },
  example: '',
  async run({ channel }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('pairing.list', channel === undefined ? {} : { channel })
    const first = answer.requests[0]
    const rows = answer.requests.map((one) => [
      one.channel,
      one.code,
      one.sender,
      one.name ?? '',
      ago(one.createdAt),
      span(one.expiresAt - Date.now()),
    ])
    return {
      value: answer,
      text: first
        ? columns([['CHANNEL', 'CODE', 'SENDER', 'CALLS THEMSELVES', 'ASKED', 'ENDS IN'], ...rows])
        : 'Nobody waits.',
      next: first
        ? ['Admit one', `pairing approve ${first.channel} ${first.code}`]
        : ['Channels and their links', 'channels list'],
    }
  },
})

export const approve = defineCommand({
  takes: { channel, code },
  options: {
    owner: { type: 'boolean', about: 'This is me: admit them as the owner, with the rights of this terminal' },
  },
  details: 'A member may talk to the agent; tools that write or run commands on this machine stay with the owner.',
  example: 'telegram K7QXM2PD',
  async run({ channel, code, owner }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('pairing.approve', { channel, code, ...(owner ? { owner } : {}) })
    return {
      value: answer,
      text: `${channel}: ${answer.sender} is admitted as ${answer.role === 'owner' ? 'the owner' : `a ${answer.role}`}.`,
      next: ['Who else waits', 'pairing list'],
    }
  },
})

export const reject = defineCommand({
  takes: { channel, code },
  example: 'telegram K7QXM2PD',
  async run({ channel, code }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('pairing.reject', { channel, code })
    return { value: answer, text: `${channel}: ${code} is refused.`, next: ['Who else waits', 'pairing list'] }
  },
})
