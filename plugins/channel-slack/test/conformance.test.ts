import { channelConformance } from '@openclaw/testing'
import { slackEmulator, type SlackOptions } from '@openclaw/testing/slack'
import channel, { makeSlack } from '../src/channel.ts'
import { listed } from './manifest.ts'

const impatient = makeSlack({ answerMs: 800, pongMs: 300, pingMs: 1000 })

/** An app as the README's manifest makes it, in a workspace that does not let a test wait for minutes. */
const app: SlackOptions = {
  scopes: listed('bot'),
  subscriptions: listed('bot_events'),
  assistant: true,
  retryMs: [300, 300, 600, 1200, 2400, 4800],
}

channelConformance({ name: 'slack over Socket Mode', channel, impatient, start: () => slackEmulator(app) })
channelConformance({
  name: 'slack over HTTP',
  channel,
  start: (deliver) => slackEmulator({ ...app, mode: 'http', deliver }),
})
