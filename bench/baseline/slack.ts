import bolt from '@slack/bolt'
import { ask, openDurable } from './durable.ts'

// What a careful person would write: each event is on the disk before it is acknowledged, each answer before it is sent.
const { account, model, file } = JSON.parse(process.argv[2]!)
const store = await openDurable(file)
const app = new bolt.App({
  token: account.botToken,
  appToken: account.appToken,
  socketMode: true,
  logLevel: bolt.LogLevel.ERROR,
  clientOptions: { slackApiUrl: account.api },
  // Bolt acknowledges when the listeners are done; they are done when the event is on the disk.
  processBeforeResponse: true,
} as never)

async function answer(channel: string, text: string) {
  const said = await ask(model, text)
  await store({ to: channel, said })
  await app.client.chat.postMessage({ channel, text: said })
}

app.message(async ({ message }) => {
  const { channel, text, bot_id } = message as { channel: string; text?: string; bot_id?: string }
  if (bot_id || !text) return
  await store(message)
  void answer(channel, text)
})
await app.start()
console.log('ready')
