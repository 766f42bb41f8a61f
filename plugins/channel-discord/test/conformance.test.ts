import { channelConformance } from '@openclaw/testing'
import { discordEmulator } from '@openclaw/testing/discord'
import channel from '../src/channel.ts'

channelConformance({ name: 'Discord', channel, impatient: channel, start: () => discordEmulator({ heartbeatMs: 300 }) })
