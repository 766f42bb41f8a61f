import { connectGateway, linkedPair } from '@openclaw/client'
import { createKernel, realPlatform, type Kernel } from '@openclaw/kernel'
import type { Log } from '@openclaw/sdk'
import { bundled } from './bundled.ts'
import type { Cli } from './cli.ts'
import type { Gateway } from './gateway.ts'
import { keepHeapSmall } from './heap.ts'
import { entryFile, pluginProgram, version } from './program.ts'
import { printable } from './terminal.ts'

/** The model that answers on a fresh machine. */
const defaultModel = 'offline/assistant'

/** What brings a sandbox to this machine: the strongest first. */
const sandboxPlugins = [
  'openclaw plugins add sandbox-docker',
  ...(process.platform === 'linux' ? ['openclaw plugins add sandbox-bubblewrap'] : []),
]

/** Starts a gateway for the home of this call, with an agent process of its own. The caller closes it. */
export async function startGateway(
  cli: Cli,
  options: {
    readonly port?: number
    readonly bind?: 'loopback' | 'lan'
    readonly verbose: boolean
    readonly onRestart: () => void
  },
): Promise<Kernel> {
  const { verbose, ...more } = options
  keepHeapSmall()
  return await createKernel({
    home: cli.home,
    version,
    platform: realPlatform(),
    bundled,
    agent: { program: [process.execPath, entryFile, 'agent', '--rpc'] },
    isolation: pluginProgram,
    defaultModel,
    sandboxPlugins,
    front: '/control-ui/',
    ...(verbose ? { echo: echo(cli) } : {}),
    ...more,
  })
}

/**
 * A gateway and its agent inside this process, reached by nobody else: `agent --local`. It holds the home meanwhile,
 * and is closed with the command.
 */
export async function startAlone(cli: Cli): Promise<Gateway> {
  const [{ createAgent }, { agentEntries }] = await Promise.all([import('@openclaw/agent'), import('./bundled.ts')])
  const kernel = cli.scope.use(
    await createKernel({
      home: cli.home,
      version,
      platform: realPlatform(),
      bundled,
      agent: { inProcess: (transport) => createAgent({ transport, bundled: agentEntries }) },
      isolation: pluginProgram,
      defaultModel,
      sandboxPlugins,
      listen: false,
    }),
  )
  await kernel.plugged
  const [ours, theirs] = linkedPair()
  kernel.attach(theirs)
  return cli.scope.use(
    await connectGateway({
      open: () => ours,
      client: { name: 'openclaw', version, platform: process.platform },
      reconnect: false,
    }),
  )
}

/** The log of a gateway on stderr. */
function echo(cli: Cli): Log {
  const write = (level: string) => (text: string, fields?: object) =>
    cli.terminal.tell(
      cli.terminal.faint(
        printable(`${new Date().toISOString()} ${level} ${text}${fields ? ` ${JSON.stringify(fields)}` : ''}`),
      ),
    )
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
