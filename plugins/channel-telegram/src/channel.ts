import { renderMarkdown } from '@openclaw/channel-kit'
import { defineChannel, type Channel } from '@openclaw/sdk'
import { login } from './bot.ts'
import { account } from './config.ts'
import { fetchFile } from './files.ts'
import { html } from './markup.ts'
import { showMenu } from './menu.ts'
import { openOutbound } from './outbound.ts'
import { startPolling, type Patience } from './polling.ts'
import { maxFileBytes } from './upload.ts'
import { addressOf, removeWebhook, serveWebhook } from './webhook.ts'

/** The longest message, counted after parsing (https://core.telegram.org/bots/api#sendmessage). */
const maxText = 4096

/** Telegram over the Bot API. `patience` is for who cannot wait, such as tests. */
export function telegramChannel(patience: Patience = { pollSeconds: 25, graceMs: 10_000 }): Channel<typeof account> {
  return defineChannel({
    id: 'telegram',
    account,
    traits: {
      maxText,
      lengthUnit: 'utf16',
      markup: 'html',
      threads: true,
      media: true,
      edits: true,
      history: false,
      choices: true,
      // A group takes 20 messages a minute, edits included (https://core.telegram.org/bots/faq#broadcasting-to-users).
      editEveryMs: 3000,
      maxFileBytes,
      delivery: 'at-least-once',
    },
    render: (markdown) => renderMarkdown(markdown, html, { max: maxText, unit: 'utf16' }).map(({ text }) => text),
    async connect(account) {
      const called = account.config.mode === 'webhook'
      if (called) addressOf(account)
      const bot = await login(account)
      await Promise.all([showMenu(bot), called ? serveWebhook(bot) : removeWebhook(bot)])
      const polling = called ? undefined : startPolling(bot, patience)
      return {
        ...openOutbound(bot),
        fetch: (attachment, signal) => fetchFile(bot, attachment, signal),
        async probe(signal) {
          const { username } = await bot.call('asking who we are', signal, (api, stop) => api.getMe(stop))
          return `@${username}`
        },
        async [Symbol.asyncDispose]() {
          await polling?.[Symbol.asyncDispose]()
        },
      }
    },
  })
}

export default telegramChannel()
