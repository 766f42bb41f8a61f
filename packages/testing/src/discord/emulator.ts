import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Peer } from '@openclaw/protocol'
import type { Counterpart, Fault, Seen } from '../channel/counterpart.ts'
import { makeFaults } from './faults.ts'
import { openGateway, type Gateway } from './gateway/gateway.ts'
import { serveRest, type Request } from './http.ts'
import { makeLimiter, type Rate } from './limits.ts'
import type { Message } from './model.ts'
import { trackOwed } from './owed.ts'
import { makePeople, type People } from './people.ts'
import { applicationRoutes } from './rest/application.ts'
import { channelRoutes } from './rest/channels.ts'
import { makeInteractions, type Interaction } from './rest/interactions.ts'
import { messageRoutes } from './rest/messages.ts'
import { seenOf } from './seen.ts'
import { openSteps } from '../channel/steps.ts'
import { layWire } from './wire.ts'
import { ids, makeWorld, type Permission } from './world.ts'

/** How a Discord behaves. */
export interface DiscordOptions {
  /** Milliseconds since 1970, by which ids, limits and windows go; this machine's clock when absent. */
  readonly now?: () => number
  /** How often a client must beat; Discord says 41,250, which is the default. */
  readonly heartbeatMs?: number
  /** "Message Content Intent" is switched on in the developer portal; true when absent. */
  readonly messageContent?: boolean
  /** A second socket of the bot while one lives is only counted (the default), or closed. */
  readonly secondSocket?: 'count' | 'refuse'
  /** Requests that one route takes for one channel; without limit when absent. Discord tells no numbers. */
  readonly routeRate?: Rate
  /** Requests that all routes take together; without limit when absent. Discord takes 50 in a second. */
  readonly globalRate?: Rate
  /** How many people there are: three when absent, and at least. */
  readonly people?: number
  /** How many sessions may be started; 1000 when absent. */
  readonly sessionStarts?: number
  /** How long a nonce names its message ("a few minutes"); 5 minutes when absent. */
  readonly nonceWindowMs?: number
}

/** A Discord of one guild, on loopback. Beside what every counterpart does, it shows what is Discord's own. */
export interface DiscordEmulator extends Omit<Counterpart, keyof People>, People {
  /** Base address of the REST API, for `rest.api` of discord.js. */
  readonly api: string
  readonly token: string
  readonly account: { readonly token: string; readonly api: string }
  readonly people: Counterpart['people']
  readonly ids: typeof ids
  readonly group: Peer
  readonly thread: Peer
  /** A post of the forum. */
  readonly post: Peer
  /** Sockets and sessions, and how they end. */
  readonly gateway: Pick<
    Gateway,
    'counts' | 'close' | 'cut' | 'reconnect' | 'invalidate' | 'forget' | 'refuseResumes' | 'refuseIdentifies' | 'tell'
  >
  /** Commands that the application registered. */
  readonly commands: readonly unknown[]
  /** The last thousand requests. */
  readonly requests: readonly Request[]
  interaction(id: string): Interaction | undefined
  /** Takes a permission from the bot in a channel, and in its threads. */
  deny(channel: string, permission: Permission): void
  /** Somebody takes no direct messages from now on. */
  closeDirect(person: string): void
  /** Links to files that were given out before stop working, as Discord's do after a day. */
  expireLinks(): void
  /** Ids of messages that stand in a channel, oldest first. */
  messagesIn(peer: Peer): readonly string[]
}

const unlimited: Rate = { limit: 1_000_000, perMs: 1000 }
const keptRequests = 1000

/** Starts one. Disposing ends its sockets and frees its port. */
export async function discordEmulator(options: DiscordOptions = {}): Promise<DiscordEmulator> {
  const now = options.now ?? Date.now
  const token = `${Buffer.from(ids.bot).toString('base64url')}.GEmu1a.t0r-token-of-the-emulated-application`
  const contentGranted = options.messageContent ?? true
  const starts = { total: 1000, remaining: options.sessionStarts ?? 1000 }
  const faults = makeFaults()
  const steps = openSteps()
  let port = 0
  const address = () => `127.0.0.1:${port}`
  const cdn = () => `http://${address()}`
  const world = makeWorld({ now, messageContent: contentGranted, cdn, people: Math.max(3, options.people ?? 3) })
  const gateway = openGateway(
    world,
    { faults, step: steps.reach },
    {
      token,
      heartbeatMs: options.heartbeatMs ?? 41_250,
      contentGranted,
      starts,
      secondSocket: options.secondSocket ?? 'count',
      url: () => `ws://${address()}`,
    },
  )
  world.listen((event) => gateway.tell(event))
  const owed = trackOwed(gateway)
  const interactions = makeInteractions(world)
  const echoes = new Set<string>()
  const people = makePeople(world, interactions, { said: owed.said, echoed: (message) => void echoes.add(message) })
  const edits = countEdits(world)
  const requests: Request[] = []
  let typed = 0

  const rest = serveRest({
    routes: [
      ...applicationRoutes(world, { url: () => `ws://${address()}`, starts }),
      ...channelRoutes(world),
      ...messageRoutes(world, {
        nonceWindowMs: options.nonceWindowMs ?? 300_000,
        typed: () => void typed++,
        listed: owed.listed,
      }),
      ...interactions.routes,
    ],
    token,
    faults,
    limit: makeLimiter(now, options.routeRate ?? unlimited, options.globalRate ?? unlimited),
    step: steps.reach,
    served(request) {
      requests.push(request)
      if (requests.length > keptRequests) requests.shift()
    },
  })

  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/attachments/')) return void rest(request, response)
    const file = world.download(new URL(request.url, cdn()))
    response.writeHead(file ? 200 : 404, { 'content-type': file?.mime ?? 'text/plain' })
    response.end(file?.bytes ?? 'This content is no longer available.')
  })
  server.on('upgrade', gateway.upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const wire = await layWire((server.address() as AddressInfo).port)
  port = wire.port

  /** What of the bot's stands and was sent through here. */
  const ours = () => [...world.ours.values()].filter(({ id }) => !echoes.has(id))
  const show = (message: Message) => seenOf(world, message, edits.get(message.id) ?? 0)
  const waiting = new Set<() => void>()
  world.listen(() => {
    for (const look of waiting) look()
  })

  const account = { token, api: `http://${address()}/api` }
  return {
    ...people,
    api: account.api,
    token,
    account,
    refused: { ...account, token: `${token.slice(0, -4)}gone` },
    ids,
    people: [...world.people.keys()] as [string, string, string, ...string[]],
    direct: (person) => ({ kind: 'direct', id: person }),
    group: { kind: 'group', id: ids.general },
    thread: { kind: 'group', id: ids.general, thread: ids.thread },
    post: { kind: 'group', id: ids.forum, thread: ids.post },
    gateway,
    commands: world.commands,
    requests,
    interaction: interactions.get,
    deny: (channel, permission) => void world.denied.add(`${channel} ${permission}`),
    closeDirect: (person) => void world.closedTo.add(person),
    expireLinks: world.expireLinks,
    messagesIn(peer) {
      const channel = peer.kind === 'direct' ? world.direct(peer.id).id : (peer.thread ?? peer.id)
      return [...(world.messages.get(channel)?.keys() ?? [])]
    },
    sees: () => ours().map(show),
    waitSeen: (count) =>
      new Promise<Seen>((resolve) => {
        const look = () => {
          const message = ours()[count - 1]
          if (!message) return
          waiting.delete(look)
          resolve(show(message))
        }
        waiting.add(look)
        look()
      }),
    get typed() {
      return typed
    },
    acknowledged: owed.settled,
    links: () => ({ ...gateway.links }),
    fault: (fault) => strike(fault),
    onStep: steps.listen,
    async [Symbol.asyncDispose]() {
      gateway.stop()
      await wire[Symbol.asyncDispose]()
      server.closeAllConnections()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }

  function strike(fault: Fault): void {
    if (fault.kind === 'delay') faults.delay(fault.ms)
    else if (fault.kind === 'disconnect') gateway.close(1001)
    else if (fault.kind === 'halfClose') wire.halfClose()
    else if (fault.kind === 'blackhole') wire.blackhole(fault.on)
    else faults.add(fault)
  }
}

function countEdits(world: { listen(listener: (event: { t: string; d: unknown }) => void): void }) {
  const edits = new Map<string, number>()
  world.listen(({ t, d }) => {
    if (t !== 'MESSAGE_UPDATE') return
    const { id, edited_timestamp: at } = d as { id: string; edited_timestamp: string | null }
    if (at !== null) edits.set(id, (edits.get(id) ?? 0) + 1)
  })
  return edits
}
