import { text } from 'node:stream/consumers'
import { failure } from '@openclaw/protocol'
import { usage } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { isHeld, type Gateway } from '../gateway.ts'
import { readMark } from '../home.ts'
import { oneLine } from '../terminal.ts'
import { openStream } from '../stream.ts'
import { talk, whyNot, type Waiting } from '../talk.ts'

export const agent = defineCommand({
  options: {
    message: { type: 'text', short: 'm', about: 'What to say; read from stdin when absent' },
    session: { type: 'text', value: 'KEY', about: 'The session; your own one when absent' },
    agent: { type: 'text', value: 'ID', about: 'Another agent, in a new session' },
    model: { type: 'text', about: 'Another model, as provider/model, for this answer' },
    thinking: { type: 'text', value: 'HOW', choices: ['off', 'low', 'medium', 'high'], about: 'How much to think' },
    local: { type: 'boolean', about: 'Without a running gateway: start one for this answer and end it' },
    rpc: { type: 'boolean', hidden: true, about: 'Be the agent process of a gateway, over stdin and stdout' },
  },
  details: 'The answer streams to stdout; what tools do goes to stderr. Ctrl-C stops the run.',
  example: '-m "What is in my notes?"',
  async run(given, cli) {
    if (given.rpc) {
      const { serveAgent } = await import('../agent-process.ts')
      await serveAgent()
      return undefined
    }
    const message = given.message ?? (process.stdin.isTTY ? undefined : await text(process.stdin))
    if (!message?.trim()) throw usage(`Say something: ${cli.command('agent -m "Hello"')}`)
    const gateway = given.local ? await openAlone(cli) : await cli.gateway()
    const stream = openStream(cli.terminal, given.thinking !== undefined && given.thinking !== 'off')
    const outcome = await talk(gateway, {
      message,
      ...(given.session === undefined ? {} : { session: given.session }),
      ...(given.agent === undefined ? {} : { agent: given.agent }),
      ...(given.model === undefined ? {} : { model: given.model }),
      ...(given.thinking === undefined ? {} : { thinking: given.thinking }),
      onSign: cli.json ? () => {} : stream.show,
      onApproval: (waiting) => void decide(gateway, waiting, given.local, cli),
      signal: cli.untilStopped(),
    })
    if (!cli.json) stream.end(outcome.status === 'answered' ? (outcome.text ?? '') : undefined)
    if (outcome.status === 'answered') return { value: outcome, next: ['Go on in a conversation', 'chat'] }
    if (outcome.status === 'aborted' && cli.untilStopped().aborted)
      throw Object.assign(failure('aborted', whyNot(outcome)), { exit: exits.interrupted[0] })
    throw outcome.failure
      ? Object.assign(failure(outcome.failure.code, cli.pasteable(whyNot(outcome))), { exit: exits.failed[0] })
      : failure('aborted', whyNot(outcome))
  },
})

async function openAlone(cli: Cli): Promise<Gateway> {
  const mark = await readMark(cli.home)
  if (mark && (await isHeld(cli.home, mark)))
    throw failure(
      'conflict',
      `A gateway (process ${mark.pid}) runs for ${cli.home}, so --local cannot have it. Leave --local out to go through the gateway.`,
    )
  const { startAlone } = await import('../kernel.ts')
  return await startAlone(cli)
}

/** Asks the person where one sits at the terminal; else says how to answer from another one. */
async function decide(gateway: Gateway, { id, tool, subject }: Waiting, local: boolean, cli: Cli): Promise<void> {
  const what = `${oneLine(tool)}: ${oneLine(subject, 500)}`
  const answer = await cli.terminal.ask(`Allow ${what}? [y/N] `, cli.untilStopped())
  if (answer === undefined && !local)
    return cli.terminal.tell(`It waits for a yes to ${what}\nAllow it: ${cli.command(`approvals approve ${id}`)}`)
  if (answer === undefined) cli.terminal.tell(`Denied, as nobody is here to ask: ${what}`)
  await gateway
    .call('approvals.resolve', { id, verdict: /^y(es)?$/i.test(answer?.trim() ?? '') ? 'allow' : 'deny' })
    .catch((error: Error) => cli.terminal.tell(error.message))
}
