import type { Wire } from './wire.ts'

/** Somebody who is in a channel with us: as long as that lasts, we see when the nick changes hands. */
export interface Person {
  readonly nick: string
  /** `user@host`, once it was seen. */
  readonly mask?: string
  /** The services account; undefined while it is not known, null for nobody's. */
  readonly account?: string | null
}

/** Who is in sight. */
export interface Roster {
  /** Undefined for who is in none of our channels. */
  find(nick: string): Person | undefined
  /** Notes what was learnt of somebody; nothing happens when they are not in sight. */
  learn(nick: string, about: Partial<Omit<Person, 'nick'>>): void
}

/**
 * Follows JOIN, PART, KICK, QUIT and NICK, and where the server tells them, accounts with extended-join and
 * account-notify (https://ircv3.net/specs/extensions/account-notify).
 */
export function openRoster(wire: Wire): Roster {
  const { client } = wire
  const people = new Map<string, { person: Person; readonly channels: Set<string> }>()
  const key = (name: string) => wire.fold(name)

  const learn: Roster['learn'] = (nick, about) => {
    const entry = people.get(key(nick))
    if (entry) entry.person = { ...entry.person, ...about }
  }
  function enter(nick: string, channel: string, about: Partial<Person>) {
    const entry = people.get(key(nick)) ?? { person: { nick }, channels: new Set() }
    entry.channels.add(key(channel))
    people.set(key(nick), entry)
    learn(nick, about)
  }
  function leave(nick: string, channel: string) {
    if (wire.isOurs(nick)) {
      for (const other of [...people.keys()]) leaveOne(other, channel)
    } else leaveOne(key(nick), channel)
  }
  function leaveOne(folded: string, channel: string) {
    const entry = people.get(folded)
    entry?.channels.delete(key(channel))
    if (entry?.channels.size === 0) people.delete(folded)
  }
  const maskOf = ({ ident, hostname }: { ident: string; hostname: string }) =>
    hostname ? { mask: `${ident}@${hostname}` } : {}

  client.on('userlist', ({ channel, users }) => {
    for (const user of users) if (!wire.isOurs(user.nick)) enter(user.nick, channel, maskOf(user))
  })
  client.on('join', (event) => {
    if (wire.isOurs(event.nick)) return
    const told = event.account === undefined ? {} : { account: event.account || null }
    enter(event.nick, event.channel, { ...maskOf(event), ...told })
  })
  client.on('part', ({ nick, channel }) => leave(nick, channel))
  client.on('kick', ({ kicked, channel }) => leave(kicked, channel))
  client.on('quit', ({ nick }) => void people.delete(key(nick)))
  client.on('nick', ({ nick, new_nick: now }) => {
    const entry = people.get(key(nick))
    people.delete(key(nick))
    if (entry) people.set(key(now), { ...entry, person: { ...entry.person, nick: now } })
  })
  client.on('account', ({ nick, account }) => learn(nick, { account: account || null }))
  client.on('user updated', ({ nick, new_ident, new_hostname }) => {
    if (new_ident && new_hostname) learn(nick, { mask: `${new_ident}@${new_hostname}` })
  })

  return { find: (nick) => people.get(key(nick))?.person, learn }
}
