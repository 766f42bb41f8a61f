import { channelConformance } from '@openclaw/testing'
import { telegramEmulator } from '@openclaw/testing/telegram'
import channel, { telegramChannel } from '../src/channel.ts'

const impatient = telegramChannel({ pollSeconds: 1, graceMs: 300 })

channelConformance({ name: 'telegram, polling', channel, impatient, start: () => telegramEmulator() })

channelConformance({
  name: 'telegram, webhook',
  channel,
  start: (deliver) => telegramEmulator({ mode: 'webhook', deliver }),
})
