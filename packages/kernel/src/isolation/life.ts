import type { FoundPlugin } from '../plugins/host.ts'
import { converse, type Conversation, type ConversationParts } from './conversation.ts'
import { cleanEnvironment } from './environment.ts'
import { guard } from '@openclaw/sdk/host'
import { maxLineBytes } from '@openclaw/sdk/isolation'
import { markOffspring } from './offspring.ts'
import { limits, nodeSwitches } from './permissions.ts'
import { spawnChild } from './spawn.ts'
import { farewellMs, type Life } from './supervise.ts'

/** The program that is a plugin's process: argv beginning with Node, and the folders it is read from. */
export interface PluginProgram {
  readonly argv: readonly string[]
  readonly reads: readonly string[]
}

/** One life of a plugin's process. */
export interface PluginLife extends Life, Pick<Conversation, 'accounts' | 'door' | 'entries' | 'call' | 'tell'> {}

/** What lives of a plugin's process are made of. */
export interface LifeParts extends Omit<ConversationParts, 'id' | 'how'> {
  readonly plugin: FoundPlugin
  readonly program: PluginProgram
  /** What ends it with the gateway, where there is such a thing. */
  readonly prefix: readonly string[]
  /** Its folder, which it may write. */
  readonly state: string
}

/** Starts the process of a plugin. */
export async function beginLife(parts: LifeParts): Promise<PluginLife> {
  const { plugin, program, platform, log, state } = parts
  const { manifest, folders } = plugin
  await platform.files.makeFolder(state)
  let ended: string | undefined
  const end = (why?: string) => {
    ended ??= why
    child.kill('SIGKILL')
  }
  const [node = '', ...entry] = program.argv
  const offspring = markOffspring(manifest, platform)
  const switches = nodeSwitches({ manifest, reads: [...program.reads, ...folders], state })
  const { child, transport } = spawnChild({
    argv: [...parts.prefix, node, ...switches, ...entry],
    env: cleanEnvironment(platform.env, offspring.env),
    cwd: state,
    name: manifest.id,
    platform,
    log,
    maxLineBytes,
    onFlood: end,
  })
  const watching = offspring.watch()
  const over = child.exited.then(async ({ code, signal }) => {
    watching[Symbol.dispose]()
    await talk.end()
    return ended ?? (signal ? `it was ended by ${signal}` : `it exited with code ${code}`)
  })
  const talk = converse(guard(transport, platform.clock, end), { ...parts, id: manifest.id, how: () => over })
  // A process that closed its pipes, or wrote a line too long, is of no use any more.
  void talk.closed.then(async (reason) => {
    const alive = new Promise<'alive'>((resolve) => setImmediate(resolve, 'alive'))
    if (reason && (await Promise.race([over, alive])) === 'alive') end(reason.message)
    using _late = platform.clock.after(farewellMs, () => end())
    await over
  })
  return {
    ...talk,
    pid: child.pid,
    over,
    end,
    async ping() {
      const { memoryBytes } = await talk.call('ping', {})
      const megabytes = Math.round(memoryBytes / 2 ** 20)
      if (megabytes > limits.processMb) end(`it took ${megabytes} MB of memory, more than ${limits.processMb}`)
    },
  }
}
