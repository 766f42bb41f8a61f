import { failure, type Clock, type Sender } from '@openclaw/sdk'
import type { Said } from 'irc-framework'
import type { Roster } from './roster.ts'
import type { Whois } from './whois.ts'
import type { Wire } from './wire.ts'

/**
 * Who people are. On IRC a nick belongs to whoever takes it first and a host to whoever sits behind it, so the only lasting
 * id is the account that somebody is logged in to: `account:<name>`. Everyone else gets an id that is good for this
 * connection only.
 */
export interface Identity {
  /** Who said something: at once where the server says it with the message, else as soon as it answered a WHOIS. */
  of(said: Said): Sender | Promise<Sender>
  /**
   * The nick under which this id can be reached, as the server knows it at this moment. Rejects with `not_found` when it
   * cannot be said for certain that they are there: an answer must never reach who took over a nick.
   */
  nickOf(id: string): Promise<string>
}

const remembered = 1000
const guestMs = 60_000

/** Follows people for one connection. */
export function openIdentity(wire: Wire, roster: Roster, whois: Whois, clock: Clock): Identity {
  const { client, name } = wire
  /** Where each id was last heard: the oldest is forgotten first. */
  const heard = new Map<string, { readonly nick: string; readonly mask: string }>()
  const guests = new Map<string, string>()
  const askedMs = new Map<string, number>()
  let made = 0

  const enabled = (capability: string) => client.network.cap.isEnabled(capability)
  const accountId = (account: string) => `account:${wire.fold(account)}`
  const guestKey = (nick: string, mask: string) => `${wire.fold(nick)}!${mask}`

  client.on('nick', ({ nick, new_nick: now, ident, hostname }) => {
    const mask = `${ident}@${hostname}`
    for (const [id, at] of heard)
      if (wire.fold(at.nick) === wire.fold(nick) && at.mask === mask) heard.set(id, { nick: now, mask })
    const guest = guests.get(guestKey(nick, mask))
    guests.delete(guestKey(nick, mask))
    if (guest !== undefined) guests.set(guestKey(now, mask), guest)
  })
  client.on('quit', ({ nick, ident, hostname }) => void guests.delete(guestKey(nick, `${ident}@${hostname}`)))

  function senderOf({ nick, ident, hostname, tags }: Said, account: string | null): Sender {
    const mask = `${ident}@${hostname}`
    const id = account === null ? guestOf(nick, mask) : accountId(account)
    heard.delete(id)
    keep(heard, id, { nick, mask })
    return {
      id,
      name: nick,
      ...(account === null ? { transient: true } : {}),
      // https://ircv3.net/specs/extensions/bot-mode
      ...(tags['bot'] === undefined ? {} : { bot: true }),
    }
  }
  function guestOf(nick: string, mask: string): string {
    const key = guestKey(nick, mask)
    const id = guests.get(key) ?? `unidentified:${wire.id}.${++made}`
    keep(guests, key, id)
    return id
  }

  /** What is known of somebody in sight; undefined when the server must be asked. */
  function recall(nick: string, mask: string): string | null | undefined {
    const person = roster.find(nick)
    if (!person || person.account === undefined || (person.mask !== undefined && person.mask !== mask)) return undefined
    if (person.account !== null || (enabled('account-notify') && enabled('extended-join'))) return person.account
    // Nobody will tell when they log in, so it is asked again after a while.
    const lately = clock.monotonic() - (askedMs.get(guestKey(nick, mask)) ?? -Infinity) < guestMs
    return lately ? null : undefined
  }

  async function ask(nick: string, mask: string): Promise<string | null> {
    keep(askedMs, guestKey(nick, mask), clock.monotonic())
    const known = await whois(nick).catch(() => undefined)
    // The nick may have changed hands since the message: only the same user on the same host is who wrote it.
    if (known?.mask !== mask) return null
    roster.learn(nick, known)
    return known.account
  }

  async function isAt(nick: string, id: string, mask: string | undefined): Promise<boolean> {
    const person = roster.find(nick)
    if (person?.account != null) return accountId(person.account) === id
    if (person && mask !== undefined && person.mask === mask && !id.startsWith('account:')) return true
    const known = await whois(nick)
    if (!known) return false
    roster.learn(nick, known)
    return known.account === null ? known.mask === mask && !id.startsWith('account:') : accountId(known.account) === id
  }

  return {
    of(said) {
      const { nick, ident, hostname } = said
      const mask = `${ident}@${hostname}`
      if (enabled('account-tag')) {
        const account = said.account || null
        roster.learn(nick, { mask, account })
        return senderOf(said, account)
      }
      const account = recall(nick, mask)
      return account === undefined ? ask(nick, mask).then((found) => senderOf(said, found)) : senderOf(said, account)
    },
    async nickOf(id) {
      const last = heard.get(id)
      // After a restart nobody was heard yet: most people have the nick of their account.
      const namesake = id.startsWith('account:') ? id.slice('account:'.length) : undefined
      for (const nick of new Set([last?.nick, namesake]))
        if (nick !== undefined && isNick(nick) && (await isAt(nick, id, last?.mask))) return nick
      throw failure('not_found', `${name}: ${id} is not there under a nick that we know; they must write first`)
    },
  }
}

/** Remembers a value as the newest, and forgets the oldest when there are too many: strangers can make names without end. */
function keep<V>(values: Map<string, V>, key: string, value: V): void {
  values.set(key, value)
  const oldest = values.size > remembered ? values.keys().next() : undefined
  if (oldest && !oldest.done) values.delete(oldest.value)
}

/** Nothing that a server could take for several names, a pattern or another command. */
function isNick(name: string): boolean {
  return /^[^\s,*?!@:#&+$~%.][^\s,*?!@:\p{Cc}]{0,63}$/u.test(name)
}
