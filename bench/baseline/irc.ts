import { Client } from 'irc-framework'
import { ask, openDurable } from './durable.ts'

// What a careful person would write: each message is on the disk before it is worked on, each answer before it is sent.
const { account, model, file } = JSON.parse(process.argv[2]!)
const store = await openDurable(file)
const { host, port, tls, nick } = account
const client = new Client({
  ...{ host, port, tls, nick, username: nick, gecos: nick, version: 'bench' },
  ...{ rejectUnauthorized: true, auto_reconnect: false, ping_interval: 30, ping_timeout: 60, enable_chghost: false },
  account: account.sasl ?? {},
  sasl_mechanism: 'PLAIN',
})

let sent = 0

async function answer(from: string, text: string) {
  await store({ from, text })
  const said = await ask(model, text)
  await store({ to: from, said })
  client.connection.write(`PRIVMSG ${from} :${said}`)
  // The server answers it when it has dealt with what stands before: all the receipt that IRC has.
  client.connection.write(`PING :${from}/${++sent}`)
}

client.on('privmsg', ({ nick: from, message = '' }) => void answer(from, message))
client.on('registered', () => {
  client.connection.write('PING :bare')
  console.log('ready')
})
client.connect()
