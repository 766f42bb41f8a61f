import { Bot } from 'grammy'
import { ask, openDurable } from './durable.ts'

// What a careful person would write: each message is on the disk before its update is confirmed, each answer before it is sent.
const { account, model, file } = JSON.parse(process.argv[2]!)
const bot = new Bot(account.token, { client: { apiRoot: account.apiRoot } })
const store = await openDurable(file)

async function answer(chat: number, text: string) {
  const said = await ask(model, text)
  await store({ to: chat, said })
  await bot.api.sendMessage(chat, said)
}

await bot.api.getMe()
console.log('ready')
for (let offset = 0; ;) {
  const updates = await bot.api.getUpdates({ offset, timeout: 25 })
  await Promise.all(updates.map((update) => store(update)))
  for (const { update_id, message } of updates) {
    offset = update_id + 1
    if (message?.text) void answer(message.chat.id, message.text)
  }
}
