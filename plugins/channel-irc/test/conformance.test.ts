import { channelConformance } from '@openclaw/testing'
import { ircEmulator, ircServer } from '@openclaw/testing/irc'
import irc, { ircChannel } from '../src/channel.ts'

const impatient = ircChannel({
  registerMs: 900,
  silentMs: 200,
  deadMs: 600,
  whoisMs: 900,
  rejoinMs: 50,
  regainMs: 100,
  quitMs: 100,
})

channelConformance({ name: 'irc on ngircd', channel: irc, impatient, start: () => ircServer() })
channelConformance({ name: 'irc on an IRCv3 network', channel: irc, impatient, start: () => ircEmulator() })
