import type { Account, Sender } from '@openclaw/sdk'
import type { Said } from 'irc-framework'
import type { Identity } from './identity.ts'
import type { Inbox } from './inbox.ts'
import { hear, inboundOf, type Us } from './inbound.ts'
import type { Flood } from './flood.ts'
import type { Wire } from './wire.ts'

const logInFirst =
  'I know people by their services account, and you are not logged in to one. ' +
  'Log in first, on most networks with /msg NickServ IDENTIFY <account> <password>, and then write to me again.'
const sayAgain = 'Your message could not be stored. Please say it again in a moment.'

/** Takes what people say from now on, and tells those without an account, once each, how to become known. */
export function listen(
  account: Account,
  { wire, flood, identity }: { wire: Wire; flood: Flood; identity: Identity },
  inbox: Inbox,
): void {
  const { client, isOurs } = wire
  const told = new Set<string>()
  const us: Us = {
    get nick() {
      return client.user.nick
    },
    fold: (name) => wire.fold(name),
    isChannel: (target) => client.network.isChannelName(target),
    commands: new Set(account.commands.map(({ name }) => name)),
    connection: wire.id,
    now: () => account.clock.now(),
  }

  /** Only when there is room for it now: strangers must not make us flood. A NOTICE, because those are never answered. */
  function notice(nick: string, text: string): boolean {
    if (wire.over || !flood.spare()) return false
    wire.write(`NOTICE ${nick} :${text}`)
    return true
  }

  function take(said: Said, how: 'says' | 'does') {
    const heard = hear(said, how, us)
    if (!heard) return
    const event = Promise.resolve(identity.of(said)).then((sender) => {
      introduce(said, heard.channel, sender)
      return inboundOf(heard, sender)
    })
    inbox.take(event, () => {
      if (heard.mentioned) notice(said.nick, sayAgain)
    })
  }
  function introduce({ nick }: Said, channel: string | undefined, { id, bot, transient }: Sender) {
    if (channel === undefined && transient && !bot && !told.has(id) && notice(nick, logInFirst)) told.add(id)
  }

  function showTyping({ nick, target, tags }: Said, { id }: Sender) {
    if (tags['+typing'] === undefined || !nick || isOurs(nick)) return
    const inChannel = us.isChannel(target)
    const peer = inChannel ? { kind: 'group' as const, id: us.fold(target) } : { kind: 'direct' as const, id }
    account.typing(peer, tags['+typing'] === 'active', id)
  }

  client.on('privmsg', (said) => take(said, 'says'))
  client.on('action', (said) => take(said, 'does'))
  client.on('tagmsg', (said) => {
    const sender = identity.of(said)
    // A sign of typing is not worth a question to the server.
    if (!(sender instanceof Promise)) showTyping(said, sender)
  })
}
