import { defineChannel, type Channel, type Link } from '@openclaw/sdk'
import { account } from './config.ts'
import { floodLimit } from './flood.ts'
import { watchOver } from './heartbeat.ts'
import { openIdentity } from './identity.ts'
import { openInbox } from './inbox.ts'
import { listen } from './listen.ts'
import { logIn } from './login.ts'
import { maxText, render } from './markup.ts'
import { regainNick } from './nick.ts'
import { sender, typist, type Pen } from './outbound.ts'
import { joinRooms } from './rooms.ts'
import { openRoster } from './roster.ts'
import { settingsOf, type IrcAccount } from './settings.ts'
import { usualTiming, type Timing } from './timing.ts'
import { openWhois } from './whois.ts'
import { openWire } from './wire.ts'

/** IRC, with its waiting times as one needs them. */
export function ircChannel(timing: Timing = usualTiming): Channel<typeof account> {
  return defineChannel({
    id: 'irc',
    account,
    // Nothing is given twice on IRC, and nothing can be looked up: a line whose answer was lost is not sent again.
    traits: { maxText, lengthUnit: 'bytes', markup: 'plain', delivery: 'at-most-once' },
    render,
    connect: (account) => connect(account, timing),
  })
}

export default ircChannel()

async function connect(account: IrcAccount, timing: Timing): Promise<Link> {
  const { clock } = account
  const settings = await settingsOf(account.id, account.config)
  account.signal.throwIfAborted()

  await using opening = new AsyncDisposableStack()
  const inbox = openInbox(account)
  const wire = openWire(account, settings, timing, inbox.stored)
  opening.defer(() => wire.close())
  const beat = opening.use(watchOver(wire, clock, timing))
  const flood = floodLimit(clock, settings.flood)
  const roster = openRoster(wire)
  const whois = openWhois(wire, flood, clock, timing)
  const identity = openIdentity(wire, roster, whois, clock)
  const pen: Pen = { wire, flood, beat, identity, settings }

  // From the first moment on: what is said while the welcome is still being read would not come again.
  listen(account, pen, inbox)
  await logIn(wire, beat, account, settings, timing)
  opening.use(regainNick(wire, settings.nick, clock, timing))
  opening.use(joinRooms(wire, settings.channels, account, timing))

  const open = opening.move()
  let left = false
  let probes = 0
  void wire.closed.then((why) => {
    if (!left) account.report('offline', `${wire.name}: ${why}`)
  })
  return {
    send: sender(pen),
    ...typist(pen),
    async probe(signal) {
      const startMs = clock.monotonic()
      await beat.roundTrip(`probe/${wire.id}.${++probes}`, signal)
      return `${settings.host} answered as ${wire.mask.nick} after ${Math.round(clock.monotonic() - startMs)} ms`
    },
    async [Symbol.asyncDispose]() {
      left = true
      await open.disposeAsync()
    },
  }
}
