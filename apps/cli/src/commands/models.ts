import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { columns, oneLine, printable } from '../terminal.ts'

export const list = defineCommand({
  takes: { provider: { about: 'Only models of this provider', optional: true } },
  options: { discover: { type: 'boolean', about: 'Look for local model servers and key variables as well' } },
  example: '--discover',
  async run({ provider, discover }, cli) {
    const gateway = await cli.gateway()
    using _ = cli.terminal.progress('Asking the providers for their models')
    const answer = await gateway.call('models.list', {
      ...(provider === undefined ? {} : { provider }),
      ...(discover ? { discover } : {}),
    })
    const rows = answer.models.map((one) => [
      one.id === answer.current ? `* ${one.id}` : `  ${one.id}`,
      one.contextTokens === undefined ? '' : `${Math.round(one.contextTokens / 1000)}k context`,
      [one.images && 'images', one.thinking && 'thinking'].filter(Boolean).join(', '),
    ])
    const other = answer.models.find(({ id }) => id !== answer.current)
    return {
      value: answer,
      text: [
        `In use: ${oneLine(answer.current)}`,
        ...(rows.length > 0 ? ['', ...columns(rows.map((row) => row))] : []),
        ...answer.offers.map(
          (offer) =>
            `Noticed: ${oneLine(offer.label)}${offer.env ? ` (key in $${offer.env})` : ''}${offer.models.length > 0 ? `: ${oneLine(offer.models.join(', '), 200)}` : ''}`,
        ),
        ...answer.problems.map(
          ({ provider, message }) => `Problem: ${oneLine(provider)}: ${cli.pasteable(printable(message))}`,
        ),
      ],
      next: other
        ? ['Choose one', `models set ${other.id}`]
        : discover
          ? ['Add a key', 'models auth openai']
          : ['Look around on this machine', 'models list --discover'],
    }
  },
})

export const set = defineCommand({
  takes: { model: { about: 'The model, as provider/model' } },
  options: { agent: { type: 'text', value: 'ID', about: 'The agent; the default one when absent' } },
  example: 'openai/gpt-5-mini',
  async run({ model, agent }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('models.set', { model, ...(agent === undefined ? {} : { agent }) })
    return {
      value: answer,
      text: `${agent ?? 'The default agent'} uses ${answer.model} from now on.`,
      next: ['Try it', `models test ${answer.model}`],
    }
  },
})

export const test = defineCommand({
  takes: { model: { about: 'The model, as provider/model; the one in use when absent', optional: true } },
  example: 'openai/gpt-5-mini',
  async run({ model }, cli) {
    const gateway = await cli.gateway()
    const asked = model ?? (await gateway.call('status', {})).model
    using _ = cli.terminal.progress(`Asking ${asked}`)
    const answer = await gateway.call('models.test', { model: asked })
    return {
      value: answer,
      text: answer.ok
        ? `${asked} answers in ${answer.ms} ms: ${oneLine(answer.text ?? '', 200)}`
        : `${asked} does not answer: ${cli.pasteable(printable(answer.message ?? 'no reason was given'))}`,
      next: answer.ok ? ['Use it', `models set ${asked}`] : ['Store another key', `models auth ${asked.split('/')[0]}`],
      exit: answer.ok ? exits.ok[0] : exits.failed[0],
    }
  },
})
