import { toFailure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import type { Field } from '../channels/fields.ts'
import { askFor, makeForm, type Answers, type Form } from '../channels/form.ts'
import { readGiven } from '../channels/given.ts'
import { tellOutcome, tellWhoMayWrite, tryOut, type Outcome } from '../channels/outcome.ts'
import { plugIn } from '../channels/plug-in.ts'
import { exits } from '../exits.ts'
import type { Gateway } from '../gateway.ts'
import { printable } from '../terminal.ts'

export const add = defineCommand({
  takes: { channel: { about: 'The channel, e.g. telegram; or the package, folder or tarball of one' } },
  options: {
    account: { type: 'text', value: 'ID', about: 'The account on it; default when absent' },
    set: { type: 'list', value: 'KEY=VALUE', about: 'A setting; env:NAME and file:PATH refer to a secret' },
    secret: { type: 'list', value: 'KEY', about: 'A secret to read from stdin; several come as one JSON section' },
    yes: { type: 'boolean', short: 'y', about: 'Do not ask before its plugin is installed' },
  },
  details:
    'Installs its plugin when it is not there, asks for what it needs, connects it and tries it out. Secrets are stored under credentials/ in\nthe home, and never in openclaw.json, in arguments or in logs. An account that is there is changed.\nIn a script: openclaw channels add telegram --set mode=polling --secret token < token.txt',
  example: 'telegram',
  async run({ channel: word, account = 'default', set, secret, yes }, cli) {
    const gateway = await cli.gateway()
    const { channel, installed } = await plugIn(word, yes, gateway, cli)
    const form = await readForm(channel, account, gateway)
    const given = await readGiven({ set, secret }, form, cli)
    const outcome = await setUp(form, given, gateway, cli)
    const name = `${channel}/${account}`
    const again = `channels add ${cli.quote(word)}${account === 'default' ? '' : ` --account ${account}`}`
    return {
      value: { channel, account, ...(installed ? { installed } : {}), ...outcome },
      text: [tellOutcome(name, outcome, cli), ...(outcome.ok ? await tellWhoMayWrite(channel, gateway, cli) : [])],
      next: outcome.ok
        ? ['Who waits for a yes', 'pairing list']
        : outcome.state === 'parked'
          ? ['Correct it', again]
          : ['How it goes', `channels status ${channel} --probe`],
      exit: outcome.ok ? exits.ok[0] : exits.failed[0],
    }
  },
})

async function readForm(channel: string, account: string, gateway: Gateway): Promise<Form> {
  return makeForm(await gateway.call('channels.describe', { channel }), account)
}

/** Sets it up and tries it out; a person is asked, and asked again, until it works or they leave it. */
async function setUp(form: Form, given: Answers, gateway: Gateway, cli: Cli): Promise<Outcome> {
  const { channel, account } = form
  const { interactive, tell } = cli.terminal
  let answers = interactive ? await begin(form, given, cli) : given
  for (;;) {
    await handOver(form, answers, gateway, cli)
    const outcome = await tryOut(channel, account, gateway, cli)
    if (outcome.ok || !interactive) return outcome
    tell(tellOutcome(`${channel}/${account}`, outcome, cli))
    const fields = await askWhich(form, cli)
    if (fields.length === 0) return outcome
    answers = await askFor(fields, await readForm(channel, account, gateway), cli)
  }
}

/** Shows the steps and asks for what was not given. */
async function begin(form: Form, given: Answers, cli: Cli): Promise<Answers> {
  for (const line of [`${form.label}, account ${form.account}`, ...form.steps]) cli.terminal.tell(printable(line))
  const named = new Set(Object.keys({ ...given.settings, ...given.secrets }))
  const open = form.asked.filter(({ name }) => !named.has(name))
  return join(given, await askFor(open, form, cli))
}

/** Hands the answers over. What is wrong in them is asked for again where a person can be asked, and thrown elsewhere. */
async function handOver(form: Form, given: Answers, gateway: Gateway, cli: Cli): Promise<void> {
  const { channel, account } = form
  for (let answers = given; ;) {
    try {
      return void (await gateway.call('channels.configure', { channel, account, ...answers }))
    } catch (thrown) {
      const { problems = [] } = toFailure(thrown)
      const wrong = form.fields.filter(({ name }) =>
        problems.some(({ path }) => path.endsWith(`${account}.${name}`) || path.endsWith(`"].${name}`)),
      )
      if (!cli.terminal.interactive || wrong.length === 0) throw thrown
      for (const { path, message, suggestion } of problems)
        cli.terminal.tell(printable(`${path}: ${message}${suggestion ? ` (${suggestion})` : ''}`))
      answers = join(answers, await askFor(wrong, form, cli))
    }
  }
}

async function askWhich({ fields }: Form, cli: Cli): Promise<readonly Field[]> {
  const names = fields.map(({ name }) => name).join(', ')
  const chosen = await cli.terminal.ask(
    `Which value is to be corrected (${names})? Enter leaves it as it is: `,
    cli.untilStopped(),
  )
  return fields.filter(({ name }) => chosen?.split(/[\s,]+/).includes(name))
}

function join(one: Answers, other: Answers): Answers {
  return { settings: { ...one.settings, ...other.settings }, secrets: { ...one.secrets, ...other.secrets } }
}
