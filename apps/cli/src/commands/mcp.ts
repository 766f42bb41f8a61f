import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { askPlugin } from '../plugins/ask.ts'
import { columns, oneLine, printable } from '../terminal.ts'

/** What a server says otherwise than when its tools were accepted. */
interface Differing {
  readonly changed?: readonly string[]
  readonly added?: readonly string[]
  readonly accept?: string
}
/** A server, as the plugin `mcp` answers. */
interface Server extends Differing {
  readonly name: string
  readonly at: string
  readonly state: string
  readonly tools: number
  readonly asking: number
}
interface Tested extends Differing {
  readonly ok: boolean
  readonly ms: number
  readonly tools?: readonly string[]
  readonly message?: string
}

export const list = defineCommand({
  details: 'No server is started for it. It needs the plugin: openclaw plugins add mcp.',
  example: '',
  async run(_given, cli) {
    const answer = (await call(cli, 'mcp.list', {})) as { servers: readonly Server[] }
    const { servers } = answer
    const rows = servers.map((server) => [
      server.name,
      server.state,
      String(server.tools),
      String(server.asking),
      oneLine(server.at, 50),
    ])
    const differing = servers.find(({ accept }) => accept !== undefined)
    return {
      value: answer,
      text:
        rows.length > 0
          ? [
              ...columns([['SERVER', 'STATE', 'TOOLS', 'ASKING', 'AT'], ...rows]),
              ...servers.flatMap((server) => sayDifferences(server.name, server)),
            ]
          : 'There are no MCP servers.',
      next: differing
        ? ['Accept what it has now', acceptance(differing.name, differing)]
        : servers.length > 0
          ? ['Try one', `mcp test ${servers[0]!.name}`]
          : ['Add one', `config set plugins.mcp.config.servers.files.command ${cli.quote('npx')}`],
    }
  },
})

export const test = defineCommand({
  takes: { server: { about: 'Its name, as mcp list shows it' } },
  details: 'No tool of it is called, and nothing of it is kept.',
  example: 'files',
  async run({ server }, cli) {
    using _ = cli.terminal.progress(`Asking ${server} for its tools`)
    const answer = (await call(cli, 'mcp.test', { server })) as Tested
    const tools = answer.tools ?? []
    return {
      value: answer,
      text: answer.ok
        ? [
            `${server} answers in ${answer.ms} ms. Its tools: ${oneLine(tools.join(', '), 300) || 'none'}`,
            ...sayDifferences(server, answer),
          ]
        : `${server} cannot be used: ${cli.pasteable(printable(answer.message ?? 'no reason was given'))}`,
      next: answer.accept
        ? ['Accept what it has now', acceptance(server, answer)]
        : answer.ok
          ? ['All of them', 'mcp list']
          : ['What it printed', 'logs'],
      exit: answer.ok ? exits.ok[0] : exits.failed[0],
    }
  },
})

const call = (cli: Cli, method: string, params: object) =>
  askPlugin(cli, { id: 'mcp', brings: 'MCP servers' }, method, params)

const acceptance = (server: string, { accept }: Differing) =>
  `config set plugins.mcp.config.servers.${server}.accept ${accept}`

function sayDifferences(server: string, { changed = [], added = [] }: Differing): string[] {
  return [
    ...(changed.length > 0 ? [`${server} describes otherwise than accepted: ${oneLine(changed.join(', '), 200)}`] : []),
    ...(added.length > 0 ? [`${server} has come to have: ${oneLine(added.join(', '), 200)}`] : []),
  ]
}
