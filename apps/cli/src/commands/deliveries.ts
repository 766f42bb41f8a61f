import { defineCommand } from '../command.ts'
import { ago, columns, oneLine } from '../terminal.ts'

const id = { about: 'The id that deliveries list shows' }

export const list = defineCommand({
  options: {
    state: {
      type: 'text',
      value: 'STATE',
      choices: ['queued', 'sending', 'held', 'dead'],
      about: 'Only deliveries in this state',
    },
  },
  example: '--state dead',
  async run({ state }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('deliveries.list', state === undefined ? {} : { state })
    const stuck = answer.deliveries.find((one) => one.state === 'held' || one.state === 'dead')
    const rows = answer.deliveries.map((one) => [
      one.id,
      one.state,
      `${one.address.channel}/${one.address.account} ${one.address.peer.id}`,
      ago(one.createdAt),
      String(one.attempts),
      oneLine(one.failure?.message ?? (one.reason ? `${one.reason}: ${one.text}` : one.text), 80),
    ])
    return {
      value: answer,
      text: rows.length > 0 ? columns([['ID', 'STATE', 'TO', 'AGE', 'TRIES', 'WHAT'], ...rows]) : 'Nothing is owed.',
      next: stuck
        ? [stuck.state === 'held' ? 'Send it' : 'Try it again', `deliveries retry ${stuck.id}`]
        : ['What is going on', 'status'],
    }
  },
})

export const retry = defineCommand({
  takes: { id },
  example: '01j8z3k5',
  async run({ id }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('deliveries.retry', { id })
    return { value: answer, text: `${id} is owed again.`, next: ['How it goes', 'deliveries list'] }
  },
})

export const drop = defineCommand({
  takes: { id },
  example: '01j8z3k5',
  async run({ id }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('deliveries.drop', { id })
    return { value: answer, text: `${id} is given up for good.`, next: ['What is left', 'deliveries list'] }
  },
})
