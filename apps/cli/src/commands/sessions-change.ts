import { defineCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { count, oneLine } from '../terminal.ts'

const session = { about: 'The session key, as sessions list shows it' }
const yes = { type: 'boolean', short: 'y', about: 'Do not ask' } as const

export const reset = defineCommand({
  takes: { session },
  example: 'agent:main:local:default:owner',
  async run({ session }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('sessions.reset', { session })
    return {
      value: answer,
      text: `${oneLine(session, 200)} begins anew; what was said stays in ${answer.file}.`,
      next: ['What is in the file', `sessions show ${cli.quote(session)}`],
    }
  },
})

export const compact = defineCommand({
  takes: { session, keep: { about: 'What the summary shall keep, in your words', optional: true, rest: true } },
  options: { undo: { type: 'boolean', about: 'Take the last summary back: what it stands for is read again' } },
  details: 'The file keeps every line. Standing orders and pinned notes stay word for word.',
  example: 'agent:main:local:default:owner',
  async run({ session, keep, undo }, cli) {
    const gateway = await cli.gateway()
    using _progress = cli.terminal.progress('Asking the model for a summary')
    const instructions = keep.join(' ')
    const answer = await gateway.call('sessions.compact', {
      session,
      ...(undo ? { undo } : {}),
      ...(instructions ? { instructions } : {}),
    })
    return {
      value: answer,
      text: answer.compacted
        ? `Summarised:\n${answer.summary ?? ''}`
        : `Nothing was summarised: ${answer.reason ?? ''}`,
      next: answer.compacted
        ? ['Take it back', `sessions compact ${cli.quote(session)} --undo`]
        : ['What is in the file', `sessions show ${cli.quote(session)}`],
    }
  },
})

export const erase = defineCommand({
  takes: { session, lines: { about: 'Ids of lines; all of them when absent', optional: true, rest: true } },
  options: { yes },
  details:
    'The texts are gone for good, also from the file. What remains is that something was said, when and by whom.',
  example: 'agent:main:telegram:default:user123 --yes',
  async run({ session, lines, yes }, cli) {
    const gateway = await cli.gateway()
    await confirm(
      `Erase ${lines.length > 0 ? count(lines.length, 'line') : 'everything that was said'} in ${oneLine(session, 200)} for good?`,
      yes,
      cli,
    )
    const answer = await gateway.call('sessions.erase', { session, ...(lines.length > 0 ? { lines: [...lines] } : {}) })
    return {
      value: answer,
      text: `${count(answer.erased, 'line')} erased.`,
      next: ['Check that it is whole', `sessions verify ${cli.quote(session)}`],
    }
  },
})

export const remove = defineCommand({
  takes: { session },
  options: { yes },
  example: 'agent:main:telegram:default:user123 --yes',
  async run({ session, yes }, cli) {
    const gateway = await cli.gateway()
    await confirm(`Delete ${oneLine(session, 200)} and its file for good?`, yes, cli)
    const answer = await gateway.call('sessions.delete', { session })
    return { value: answer, text: `${oneLine(session, 200)} is deleted.`, next: ['What is left', 'sessions list'] }
  },
})
