import { Client } from 'irc-framework'
import { ask, openDurable } from './durable.ts'

// What a careful person would write: each message is on the disk before it is worked on, each answer before it is sent.
const { account, model, file } = JSON.parse(process.argv[2]!)
const store = await openDurable(file)
const client = new Client()

async function answer(nick: string, text: string) {
  await store({ from: nick, text })
  const said = await ask(model, text)
  await store({ to: nick, said })
  client.say(nick, said)
}

client.on('privmsg', ({ nick, message }: { nick: string; message: string }) => void answer(nick, message))
client.on('registered', () => console.log('ready'))
client.connect({
  host: account.host,
  port: account.port,
  tls: account.tls !== false,
  nick: account.nick,
  username: account.nick,
  gecos: account.nick,
  ...(account.sasl ? { account: { account: account.sasl.account, password: account.sasl.password } } : {}),
})
