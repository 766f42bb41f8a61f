import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { failure, type Problem } from '@openclaw/protocol'
import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { openSettings } from '../settings.ts'
import { count, printable } from '../terminal.ts'

const key = { about: 'The key, e.g. gateway.port or agents.main.model' }

export const get = defineCommand({
  takes: { key: { ...key, optional: true } },
  details: 'Works with no gateway running.',
  example: 'gateway.port',
  async run({ key }, cli) {
    const settings = await openSettings(cli)
    const answer = await settings.get(key)
    if (key !== undefined && answer.value === undefined)
      throw failure(
        'not_found',
        `${key} is not set in ${answer.file}; ${cli.command('config schema')} shows what there is.`,
      )
    return {
      value: answer,
      text:
        typeof answer.value === 'string'
          ? printable(answer.value)
          : (JSON.stringify(answer.value ?? {}, undefined, 2) ?? ''),
      next:
        answer.problems.length > 0
          ? ['It has problems', 'config check']
          : ['Change a key', `config set ${key === undefined ? 'gateway.port 18790' : `${cli.quote(key)} VALUE`}`],
    }
  },
})

export const set = defineCommand({
  takes: { key, value: { about: 'The value: JSON where it is JSON, else text', optional: true } },
  options: {
    remove: { type: 'boolean', about: 'Remove the key' },
    text: { type: 'boolean', about: 'Take the value as text, even where it is JSON' },
  },
  details: 'Comments, order and unknown keys of the file stay byte for byte.',
  example: 'gateway.port 18790',
  async run({ key, value, remove, text }, cli) {
    if (remove === (value !== undefined)) throw usage('config set takes a key and either a value or --remove.')
    const settings = await openSettings(cli)
    const answer = await settings.set(key, value === undefined ? undefined : text ? value : readValue(value))
    const before = answer.problems.filter(({ path }) => path !== key)
    return {
      value: answer,
      text: [
        `${key} is ${remove ? 'removed' : 'set'}; ${answer.applied === 'now' ? 'in force now' : 'in force after a restart'}.`,
        ...(before.length > 0 ? [`The configuration has ${count(before.length, 'other problem')}.`] : []),
      ],
      next:
        answer.problems.length > 0 ? ['Which problems', 'config check'] : ['Read it', `config get ${cli.quote(key)}`],
    }
  },
})

export const check = defineCommand({
  takes: { file: { about: 'A file in place of the configuration; - is stdin', optional: true } },
  details: `Works with no gateway running. Exit code ${exits.config[0]} when there are problems.`,
  example: '',
  async run({ file }, cli) {
    const given = file === undefined ? undefined : file === '-' ? await text(process.stdin) : await read(file)
    const settings = await openSettings(cli)
    const problems = await settings.check(given)
    return {
      value: { ok: problems.length === 0, file: file ?? settings.file, problems },
      text:
        problems.length === 0
          ? `${file ?? settings.file}: no problems.`
          : [`${file ?? settings.file}: ${count(problems.length, 'problem')}`, ...problems.map(tell)],
      next: problems.length === 0 ? ['Start', ''] : ['What may stand where', 'config schema'],
      exit: problems.length === 0 ? exits.ok[0] : exits.config[0],
    }
  },
})

export const schema = defineCommand({
  details: 'The same stands in schema.json in the home, for editors.',
  example: '',
  async run(_given, cli) {
    const settings = await openSettings(cli)
    const schema = await settings.schema()
    return { value: schema, text: JSON.stringify(schema, undefined, 2), next: ['Where the file is', 'config path'] }
  },
})

export const path = defineCommand({
  details: 'Works with no gateway running.',
  example: '',
  async run(_given, cli) {
    const { configFile } = await import('../settings.ts')
    const file = configFile(cli.home)
    return { value: { file }, text: file, next: ['Check it', 'config check'] }
  },
})

function readValue(word: string): unknown {
  try {
    return JSON.parse(word)
  } catch {
    return word
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw failure('not_found', `${file} cannot be read: ${(error as Error).message}`)
  }
}

function tell({ path, message, suggestion }: Problem): string {
  return printable(`  ${path ? `${path}: ` : ''}${message}${suggestion ? ` (${suggestion})` : ''}`)
}
