import type { Peer } from '@openclaw/protocol'
import type { Counterpart, Says } from '../channel/counterpart.ts'
import { openFaults } from './faults.ts'
import { formatLine, nickOf, parseLine, type Line } from './line.ts'
import type { Network } from './network.ts'
import type { Person } from './person.ts'
import { openProxy, type Connection } from './proxy.ts'
import { openSightings } from './sightings.ts'

/** A network with people in it, and what an IRC test needs beyond {@link Counterpart}. */
export interface IrcServer extends Counterpart {
  readonly group: Peer
  /** The client of somebody, by id; writes and sees raw lines. The first of `people` is the group's operator. */
  client(person: string): Person
  /** Somebody new enters the network; their client is closed with the rest. */
  enters(nick: string, account?: string): Promise<Person>
  /** The nick under which we are there now. */
  readonly nick: string
  /** Every line that we wrote, in order, over all connections. */
  readonly written: readonly Line[]
  /** Resolves with the first line of ours that fits, written or to come. */
  waitWritten(fits: (line: Line) => boolean): Promise<Line>
  /** Gives us a line as if it came from the server. */
  give(line: string): void
}

interface Link extends Connection {
  /** Its name, as we say it in our first PING: message ids begin with it where the server gives none. */
  id: string
  nick: string
  mask: string
  readonly rooms: Set<string>
  unnamed: number
}

const ours = 'openclaw'
const names = ['ada', 'ben', 'cleo'] as const
const channel = '#openclaw'
const idOf = (account: string) => `account:${account}`
const fold = (name: string) => name.toLowerCase()
/** What people write for it to be one line with everything that the server adds. */
const sayBytes = 380

/** Puts people into a network, and a proxy before it. Both networks are closed with it. */
export async function openCounterpart(network: Network, config: Record<string, unknown>): Promise<IrcServer> {
  await using opening = new AsyncDisposableStack()
  opening.use(network)
  const crowd = opening.use(new AsyncDisposableStack())
  const faults = openFaults()
  const sightings = openSightings()
  const people = new Map<string, Person>()
  const written: Line[] = []
  /** All that we were called: what we said may arrive when we are gone. */
  const ourNicks = new Set<string>()
  const changed = new Set<() => void>()
  const steps = new Set<(step: string) => void | Promise<void>>()
  /** Who waits for the id of what they said. */
  const saying: { readonly key: string; readonly told: (id: string) => void }[] = []
  let link: Link | undefined
  let typed = 0
  let asked = 0
  let held: (() => void) | undefined
  let giving: Promise<void> = Promise.resolve()

  const step = async (name: string) => {
    for (const listen of steps) await listen(name)
  }
  const tell = () => {
    for (const look of changed) look()
  }
  async function until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined && found !== false) return found
      await new Promise<void>((resolve) => {
        const again = () => {
          changed.delete(again)
          resolve()
        }
        changed.add(again)
      })
    }
  }
  const sayKey = (nick: string, target: string, text: string) => JSON.stringify([fold(nick), fold(target), text])

  async function up(from: Link, text: string, pass: (line: string) => void) {
    const line = parseLine(text)
    written.push(line)
    tell()
    const [target = '', said = ''] = line.params
    if (line.command === 'USER') await step('login')
    if (line.command === 'JOIN') await step('join')
    if (line.command === 'TAGMSG' && line.tags['+typing'] === 'active') typed++
    if (line.command === 'PONG' && target.startsWith('acknowledged/')) {
      await step('acknowledge')
      tell()
      return
    }
    if (line.command === 'PING') {
      const token = line.params.at(-1)!
      from.id ||= token
      const slash = token.lastIndexOf('/')
      if (slash !== -1) sightings.named(fold(token.slice(0, slash)), token)
    }
    if (line.command === 'PRIVMSG') {
      await step('send')
      const limit = faults.strike('limit')
      const refusal = limit
        ? `439 ${from.nick} ${target} :Message target change too fast. Please wait ${Math.ceil(limit.retryAfterMs / 1000)} seconds`
        : faults.strike('error') && `437 ${from.nick} ${target} :Nick/channel is temporarily unavailable`
      if (refusal) return from.give(`:irc.example.net ${refusal}`)
      if (said !== '') sightings.wrote(fold(target))
    }
    pass(text)
  }

  async function down(to: Link, text: string, pass: (line: string) => void) {
    const line = parseLine(text)
    const nick = nickOf(line.source)
    const [first = '', second = ''] = line.params
    if (line.command === '001') {
      ourNicks.add((to.nick = first))
      link = to
    }
    if (nick === to.nick && line.source.includes('!')) to.mask = line.source
    if (line.command === 'NICK' && nick === to.nick) ourNicks.add((to.nick = first))
    if (line.command === 'JOIN' && nick === to.nick) to.rooms.add(fold(first))
    if (line.command === 'PART' && nick === to.nick) to.rooms.delete(fold(first))
    if (line.command === 'KICK' && second === to.nick) to.rooms.delete(fold(first))
    if (['401', '403', '404', '442'].includes(line.command)) sightings.refused(fold(second))
    if (line.command === 'PONG' && /.\/[^/]*$/.test(line.params.at(-1)!) && !line.params.at(-1)!.startsWith('probe/')) {
      await step('send answered')
      if (faults.strike('loseAnswer')) return to.destroy()
    }
    if (line.command === 'PRIVMSG') await heard(to, line, () => pass(text))
    else pass(text)
    tell()
  }

  /** A message passes: whoever said it learns its id before we do. */
  async function heard(to: Link, line: Line, pass: () => void) {
    await step('event')
    const id = line.tags['msgid'] ?? `${to.id}.${++to.unnamed}`
    const at = saying.findIndex(
      ({ key }) => key === sayKey(nickOf(line.source), line.params[0] ?? '', line.params[1] ?? ''),
    )
    if (at !== -1) saying.splice(at, 1)[0]!.told(id)
    const reorder = held === undefined && faults.strike('reorder')
    if (reorder) {
      held = pass
      return
    }
    for (let times = faults.strike('duplicate')?.times ?? 1; times > 0; times--) pass()
    held?.()
    held = undefined
  }

  const proxy = opening.use(
    await openProxy<Link>(network.port, {
      opened(connection) {
        void step('connect')
        void connection.over.then(() => {
          sightings.broken()
          if (link === made) link = undefined
          tell()
        })
        const made = Object.assign(Object.create(connection) as Connection, {
          id: '',
          nick: '',
          mask: '',
          rooms: new Set<string>(),
          unnamed: 0,
        })
        return made
      },
      up,
      down,
    }),
  )

  const groupKey = fold(channel)
  function follow(person: Person, id: string, seesGroup: boolean) {
    person.onLine((line) => {
      if (line.command !== 'PRIVMSG' || !ourNicks.has(nickOf(line.source))) return
      const [target = '', text = ''] = line.params
      const raw = formatLine(line)
      if (fold(target) === fold(person.nick)) sightings.arrived(fold(target), { kind: 'direct', id }, text, raw)
      else if (seesGroup && fold(target) === groupKey) sightings.arrived(groupKey, group, text, raw)
    })
  }
  const group: Peer = { kind: 'group', id: groupKey }
  async function enters(nick: string, account?: string) {
    const person = crowd.use(await network.person(nick, account))
    const id = account === undefined ? nick : idOf(account)
    people.set(id, person)
    follow(person, id, people.size === 1)
    return person
  }
  for (const name of names) {
    const person = await enters(name, name)
    const inside = person.next(({ command }) => command === '366')
    person.send(`JOIN ${channel}`)
    await inside
  }
  const robot = await network.robot?.('robot')
  if (robot) {
    crowd.use(robot)
    robot.send(`JOIN ${channel}`)
    await robot.settle()
  }

  const client = (id: string) => {
    const person = people.get(id)
    if (!person) throw new Error(`there is nobody with the id ${id}`)
    return person
  }

  const isThere = ({ rooms }: Link, where: Peer | undefined) => where?.kind !== 'group' || rooms.has(fold(where.id))

  /** One line; again when the connection ended before it reached us, since then nobody has it. */
  async function sayLine(text: string, how: Says): Promise<string> {
    const speaker = how.bot && robot ? robot : client(how.from ?? idOf(names[0]))
    for (;;) {
      const to = await until(() => link !== undefined && link.id !== '' && isThere(link, how.in) && link)
      const target = how.in?.kind === 'group' ? how.in.id : to.nick
      const line = how.mention ? `${to.nick}: ${text}` : text
      // Where programs cannot say what they are, they write notices (RFC 2812 §3.3.2).
      if (how.bot && !robot) {
        speaker.send(`NOTICE ${target} :${line}`)
        return 'notice'
      }
      const { promise, resolve } = Promise.withResolvers<string>()
      const nick = how.self ? to.nick : speaker.nick
      const waiter = { key: sayKey(nick, target, line), told: resolve }
      saying.push(waiter)
      if (how.self) {
        const echo = formatLine({ source: to.mask || to.nick, command: 'PRIVMSG', params: [target, line] })
        await down(to, echo, to.give)
      } else speaker.send(`PRIVMSG ${target} :${line}`)
      const id = await Promise.race([promise, to.over.then(() => undefined)])
      if (id !== undefined) return id
      saying.splice(saying.indexOf(waiter), 1)
    }
  }

  const account = {
    host: '127.0.0.1',
    port: proxy.port,
    tls: false,
    nick: ours,
    channels: [channel],
    flood: { burst: 10_000, everyMs: 0 },
    ...network.login,
    ...config,
  }
  const closing = opening.move()
  return {
    account,
    refused: { ...account, ...network.refused },
    people: [idOf('ada'), idOf('ben'), idOf('cleo')],
    direct: (person) => ({ kind: 'direct', id: person }),
    group,
    client,
    enters,
    get nick() {
      return link?.nick ?? ours
    },
    written,
    waitWritten: (fits) => until(() => written.find(fits)),
    give(line) {
      const to = link
      if (!to) throw new Error('there is no connection to give it to')
      giving = giving.then(() => down(to, line, to.give))
    },
    async says(text, how = {}) {
      let id = ''
      for (const line of text.split('\n')) for (const part of partsOf(line)) id = await sayLine(part, how)
      return id
    },
    sees: () => sightings.seen,
    waitSeen: (count) => sightings.waitSeen(count),
    get typed() {
      return typed
    },
    async acknowledged() {
      const to = link
      if (!to) return
      const token = `acknowledged/${++asked}`
      to.give(`PING :${token}`)
      await until(
        () => !to.alive || link !== to || written.some((line) => line.command === 'PONG' && line.params[0] === token),
      )
    },
    links: () => proxy.links(),
    fault(fault) {
      if (fault.kind === 'delay') proxy.delay(fault.ms)
      else if (fault.kind === 'disconnect') proxy.disconnect()
      else if (fault.kind === 'halfClose') proxy.halfClose()
      else if (fault.kind === 'blackhole') proxy.blackhole(fault.on)
      else faults.add(fault)
    },
    immune: network.immune,
    onStep(listen) {
      steps.add(listen)
      return { [Symbol.dispose]: () => void steps.delete(listen) }
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Cuts what is too long for one line, between code points. */
function partsOf(text: string): string[] {
  const parts = ['']
  for (const sign of text) {
    if (Buffer.byteLength(parts.at(-1)! + sign) > sayBytes) parts.push('')
    parts[parts.length - 1] += sign
  }
  return parts
}
