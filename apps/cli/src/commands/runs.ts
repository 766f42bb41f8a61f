import { defineCommand } from '../command.ts'
import { ago, columns, oneLine } from '../terminal.ts'

const run = { about: 'The id that runs list shows' }

export const list = defineCommand({
  details:
    'A run is parked when the gateway died twice while it was in work, or when it was in a backup that was restored.',
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('runs.parked', {})
    const [first] = answer.runs
    const rows = answer.runs.map((one) => [
      one.run,
      one.session,
      String(one.messages),
      ago(one.parkedAt),
      oneLine(one.reason, 80),
    ])
    return {
      value: answer,
      text: first ? columns([['RUN', 'SESSION', 'MESSAGES', 'AGE', 'WHY'], ...rows]) : 'No run is parked.',
      next: first ? ['Ask it again', `runs resume ${cli.quote(first.run)}`] : ['What is going on', 'status'],
    }
  },
})

export const resume = defineCommand({
  takes: { run },
  details: 'The answer goes where it would have gone.',
  example: '01j8z3k5',
  async run({ run }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('runs.resume', { run })
    return {
      value: answer,
      text: `${run} is asked again.`,
      next: ['What comes of it', `sessions show ${cli.quote(answer.session)}`],
    }
  },
})

export const drop = defineCommand({
  takes: { run },
  example: '01j8z3k5',
  async run({ run }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('runs.drop', { run })
    return { value: answer, text: `${run} is forgotten.`, next: ['What is left', 'runs list'] }
  },
})

export const more = defineCommand({
  takes: {
    session: {
      about: 'The session whose run ended at its limit; the day, or the person at their limit, when absent',
      optional: true,
    },
  },
  details: "A run gets its limits once more and goes on with the next message; a day's limit is raised for today.",
  example: '',
  async run({ session }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('runs.more', session === undefined ? {} : { session })
    const goOn: [string, string] = ['Let it go on', `agent ${cli.quote('Go on where you stopped.')}`]
    return {
      value: answer,
      text: answer.raised ? `Raised: ${answer.what}.` : 'Nothing is at its limit.',
      next: answer.goOn ? goOn : ['What was used', 'usage'],
    }
  },
})
