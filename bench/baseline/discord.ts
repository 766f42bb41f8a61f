import { ChannelType, Client, GatewayIntentBits, Partials, type Message } from 'discord.js'
import { ask, openDurable } from './durable.ts'

// What a careful person would write: each message is on the disk before it is worked on, each answer before it is sent.
const { account, model, file } = JSON.parse(process.argv[2]!)
const intents = [GatewayIntentBits.DirectMessages, GatewayIntentBits.MessageContent]
const client = new Client({ intents, partials: [Partials.Channel], rest: { api: account.api } })
const store = await openDurable(file)

async function answer(message: Message) {
  await store({ id: message.id, from: message.author.id, text: message.content })
  const said = await ask(model, message.content)
  await store({ to: message.channelId, said })
  if (message.channel.type === ChannelType.DM) await message.channel.send(said)
}

client.on('messageCreate', (message) => {
  if (!message.author.bot) void answer(message)
})
client.once('clientReady', () => console.log('ready'))
await client.login(account.token)
