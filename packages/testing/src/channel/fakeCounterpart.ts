import type { Attachment, Inbound, Peer } from '@openclaw/protocol'
import { defineChannel, failure, type Account, type Channel } from '@openclaw/sdk'
import Type from 'typebox'
import type { Counterpart, Fault, File, Says, Seen } from './counterpart.ts'
import type { ChannelFixture } from './fixture.ts'
import { eventually } from './patience.ts'

const group: Peer = { kind: 'group', id: 'g1' }
const thread: Peer = { ...group, thread: 't1' }

/** The platform in memory: what it keeps of both sides, and what is wrong with it. */
function openWorld() {
  const seen: (Seen & { key: string })[] = []
  const files = new Map<string, File>()
  const inbox: Inbound[] = []
  const faults: Fault[] = []
  const listeners = new Set<(step: string) => void | Promise<void>>()
  /** What the platform does to end each. */
  const links = new Map<Account, () => void>()
  return { seen, files, inbox, faults, listeners, links, most: 0, typed: 0, count: 0, silent: false, delayMs: 0 }
}
type World = ReturnType<typeof openWorld>

/** Uses up a fault of a kind. */
function strike<K extends Fault['kind']>({ faults }: World, kind: K): Extract<Fault, { kind: K }> | undefined {
  const at = faults.findIndex((fault) => fault.kind === kind)
  return at < 0 ? undefined : (faults.splice(at, 1)[0] as Extract<Fault, { kind: K }>)
}

/** One exchange with the platform: a step there and a step back, or nothing at all while it is silent. */
async function exchange<T>(world: World, name: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  for (const listen of world.listeners) await listen(name)
  while (world.silent) await pause(2, signal)
  if (world.delayMs > 0) await pause(world.delayMs, signal)
  signal.throwIfAborted()
  const result = await work()
  for (const listen of world.listeners) await listen(`${name} answered`)
  return result
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(failure('aborted', 'fake/default: it was told to stop'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Gives what is in the inbox, one at a time, until each is durable. */
async function hear(world: World, account: Account, signal: AbortSignal) {
  while (!signal.aborted) {
    const event = world.inbox[0]
    if (!event || world.silent) await pause(1, signal)
    else
      await exchange(world, 'deliver', signal, () => account.receive(event)).then(
        () => {
          const at = world.inbox.indexOf(event)
          if (at >= 0) world.inbox.splice(at, 1)
        },
        () => pause(2, signal),
      )
  }
}

/** Looks now and then whether the platform is there. */
async function watch(world: World, account: Account, everyMs: number, signal: AbortSignal) {
  while (!signal.aborted) {
    await pause(everyMs, signal)
    if (world.silent) account.report('offline', 'fake/default: the platform does not answer')
  }
}

function channelOf(worlds: ReadonlyMap<string, World>, watchMs: number): Channel {
  return defineChannel({
    id: 'fake',
    account: Type.Object({ token: Type.String() }),
    traits: {
      maxText: 200,
      lengthUnit: 'utf16',
      markup: 'plain',
      threads: true,
      media: true,
      edits: true,
      history: true,
      choices: true,
      delivery: 'effectively-once',
    },
    async connect(account) {
      const world = worlds.get(account.config.token)
      if (!world) throw failure('unauthorized', 'fake/default: the token was refused; ask for a new one')
      const over = new AbortController()
      const signal = AbortSignal.any([account.signal, over.signal])
      await exchange(world, 'connect', AbortSignal.any([signal, AbortSignal.timeout(watchMs * 10)]), () => {})
      world.links.set(account, () => {
        over.abort()
        world.links.delete(account)
        account.report('offline', 'fake/default: the platform ended the link')
      })
      world.most = Math.max(world.most, world.links.size)
      account.defer(() => void world.links.delete(account))
      const working = [hear(world, account, signal), watch(world, account, watchMs, signal)]
      const done = Promise.allSettled(working)
      account.report('online')
      return {
        async send({ peer, text, attachments = [], replyTo, choices = [], idempotencyKey: key }, stop) {
          return exchange(world, 'send', AbortSignal.any([stop, signal]), async () => {
            const limit = strike(world, 'limit')
            if (limit) throw failure('rate_limited', 'fake/default: wait', { retryAfterMs: limit.retryAfterMs })
            if (strike(world, 'error')) throw failure('unavailable', 'fake/default: the platform failed')
            const sent = await Promise.all(attachments.map((one) => readFile(account, one, stop)))
            const message = `out${++world.count}`
            const reply = replyTo === undefined ? {} : { replyTo }
            world.seen.push({ message, key, peer, text, raw: text, files: sent, choices, edits: 0, ...reply })
            if (strike(world, 'loseAnswer')) throw failure('unavailable', 'fake/default: the connection broke')
            return { messages: [message] }
          })
        },
        async edit(_peer, message, text) {
          const at = world.seen.findIndex((one) => one.message === message)
          const former = world.seen[at]
          if (!former) throw failure('not_found', `fake/default: there is no message ${message}`)
          world.seen[at] = { ...former, text, raw: text, edits: former.edits + 1 }
        },
        async delete(_peer, message) {
          const at = world.seen.findIndex((one) => one.message === message)
          if (at < 0) throw failure('not_found', `fake/default: there is no message ${message}`)
          world.seen.splice(at, 1)
        },
        async typing() {
          world.typed++
        },
        async find(_peer, key) {
          const found = world.seen.find((one) => one.key === key)
          return found && { messages: [found.message] }
        },
        async fetch({ ref }) {
          const file = world.files.get(ref)
          if (!file) throw failure('not_found', `fake/default: there is no file ${ref}`)
          return new Blob([file.bytes.slice()]).stream()
        },
        probe: async () => 'it is there',
        async [Symbol.asyncDispose]() {
          over.abort()
          world.links.delete(account)
          await done
        },
      }
    },
  })
}

async function readFile(account: Account, { name = 'file', mime, ...rest }: Attachment, signal: AbortSignal) {
  const stream = await account.open({ name, mime, ...rest }, signal)
  return { name, mime, bytes: new Uint8Array(await new Response(stream).arrayBuffer()) }
}

function counterpartOf(world: World, token: string): Counterpart {
  const direct = (id: string): Peer => ({ kind: 'direct', id })
  const give = (event: Omit<Inbound, 'event' | 'atMs'>) => {
    const whole = { ...event, event: `${event.kind}${++world.count}`, atMs: Date.now() }
    const times = strike(world, 'duplicate')?.times ?? 1
    const events = Array.from({ length: times }, () => whole)
    // Two that change places: the one waits in the fault's stead until the other has come.
    if (world.inbox.length > 0 && strike(world, 'reorder')) world.inbox.splice(-1, 0, ...events)
    else world.inbox.push(...events)
  }
  const about = (message: string) => known.get(message) ?? { peer: direct('ann'), sender: { id: 'ann' } }
  const known = new Map<string, Pick<Inbound, 'peer' | 'sender'>>()
  const attach = (file: File): Attachment => {
    const ref = `file:${world.files.size + 1}`
    world.files.set(ref, file)
    return { ref, mime: file.mime, name: file.name, sizeBytes: file.bytes.length }
  }
  return {
    account: { token },
    refused: { token: 'a token that nobody gave' },
    people: ['ann', 'bob', 'cleo'],
    group,
    thread,
    direct,
    async says(text: string, { from = 'ann', in: peer = direct(from), files = [], ...how }: Says = {}) {
      const message = `in${++world.count}`
      const sender = { id: from, ...(how.bot ? { bot: true } : {}), ...(how.self ? { self: true } : {}) }
      known.set(message, { peer, sender })
      const ours = world.seen.some((one) => one.message === how.replyTo)
      give({
        kind: 'message',
        message,
        peer,
        sender,
        text,
        ...(files.length > 0 ? { attachments: files.map(attach) } : {}),
        ...(how.mention || ours ? { mentioned: true } : {}),
        ...(how.replyTo ? { replyTo: how.replyTo } : {}),
      })
      return message
    },
    edits: async (message, text) => give({ kind: 'edit', message, text, ...about(message) }),
    deletes: async (message) => give({ kind: 'delete', message, text: '', ...about(message) }),
    reacts: async (message, emoji, by = 'ann') =>
      give({ kind: 'reaction', message, text: emoji, ...about(message), sender: { id: by } }),
    async clicks(message, choice, by) {
      const at = world.seen.findIndex((one) => one.message === message)
      const [account] = world.links.keys()
      if (!account || !world.seen[at]) return undefined
      const click = { event: `click${++world.count}`, sender: by, peer: world.seen[at].peer, choice }
      const { taken, text } = await account.choose(click)
      if (taken) world.seen[at] = { ...world.seen[at], choices: [] }
      return text
    },
    sees: () => world.seen,
    waitSeen: (count) => eventually(`message ${count} of ours`, 60_000, () => world.seen[count - 1]),
    get typed() {
      return world.typed
    },
    acknowledged: () => eventually('the end of what was said', 60_000, () => world.inbox.length === 0).then(() => {}),
    links: () => ({ now: world.links.size, most: world.most }),
    fault(fault) {
      if (fault.kind === 'blackhole') world.silent = fault.on
      else if (fault.kind === 'delay') world.delayMs = fault.ms
      else if (fault.kind === 'disconnect' || fault.kind === 'halfClose') for (const end of world.links.values()) end()
      else {
        const times = fault.kind !== 'duplicate' && 'times' in fault ? (fault.times ?? 1) : 1
        world.faults.push(...Array.from({ length: times }, () => fault))
      }
    },
    onStep(listen) {
      world.listeners.add(listen)
      return { [Symbol.dispose]: () => void world.listeners.delete(listen) }
    },
    async [Symbol.asyncDispose]() {
      world.inbox.length = 0
    },
  }
}

/** A platform in memory that has everything, with the channel to it: what the suite itself is tested on. */
export function fakeCounterpart(): ChannelFixture {
  const worlds = new Map<string, World>()
  return {
    name: 'fake',
    channel: channelOf(worlds, 30_000),
    impatient: channelOf(worlds, 10),
    async start() {
      const token = `token ${worlds.size + 1}`
      const world = openWorld()
      worlds.set(token, world)
      return counterpartOf(world, token)
    },
  }
}
