import { renderMarkdown } from '@openclaw/channel-kit'
import type { Receiver } from '@slack/bolt'
import { defineChannel, failure, type Account, type Link } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { openApi, type Api } from './api.ts'
import { makeTyping } from './assistant.ts'
import { account as schema } from './config.ts'
import { openFiles } from './files.ts'
import { openHistory } from './history.ts'
import { httpReceiver } from './http.ts'
import { listen } from './listen.ts'
import { login } from './login.ts'
import { mrkdwn } from './markup.ts'
import { makeSends } from './outbound.ts'
import { patience as usual, type Patience } from './patience.ts'
import { openPlaces } from './places.ts'
import { socketReceiver } from './socket.ts'

type SlackAccount = Account<Static<typeof schema>>

/**
 * Slack over Socket Mode or HTTP. `maxText` is what Slack recommends for a text; it cuts one off at 40,000
 * (https://docs.slack.dev/reference/methods/chat.postMessage#truncating). It counts characters: UTF-16 units are never
 * fewer, so that a text within the limit is so however Slack counts.
 */
export function makeSlack(patience: Patience = usual) {
  return defineChannel({
    id: 'slack',
    account: schema,
    traits: {
      maxText: 4000,
      lengthUnit: 'utf16',
      markup: 'mrkdwn',
      threads: true,
      media: true,
      edits: true,
      choices: true,
      history: true,
      // Some 50 edits a minute (https://docs.slack.dev/apis/web-api/rate-limits, tier 3).
      editEveryMs: 1200,
      // Slack takes a gigabyte; a file is held in memory while it is uploaded.
      maxFileBytes: 100 * 2 ** 20,
      delivery: 'effectively-once',
    },
    render: (markdown) => renderMarkdown(markdown, mrkdwn, { max: 4000, unit: 'utf16' }).map(({ text }) => text),
    connect: (account) => connect(account, patience),
  })
}

async function connect(account: SlackAccount, patience: Patience): Promise<Link> {
  const api = openApi(account, patience)
  check(account, api)
  const us = await login(api, account)
  await using opening = new AsyncDisposableStack()
  const places = openPlaces(api, account.clock)
  const files = openFiles(account, api)
  const history = opening.use(await openHistory(account, api))
  const receiver = receiverOf(account, api, patience, () => void catchUp(Promise.resolve()))
  const { app, catchUp } = listen({ account, api, us, places, history, receiver })
  opening.defer(() => app.stop().then(() => {}))
  const open = app.start()
  void catchUp(open)
  await open
  const closing = opening.move()
  return {
    ...makeSends({ api, places, files }),
    typing: makeTyping(api, places),
    fetch: files.fetch,
    async probe(signal) {
      const { team, user } = await api.call('asking who we are', signal, (client) => client.auth.test())
      return `${user} in ${team}`
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** What a mode needs beside the bot token. */
function check({ config }: SlackAccount, { name }: Api) {
  const lacks = (path: 'appToken' | 'signingSecret', where: string) => {
    const message = `mode "${config.mode ?? 'socket'}" needs \`${path}\`: https://api.slack.com/apps → your app → Basic Information → ${where}`
    throw failure('invalid_config', `${name}: ${message}`, { problems: [{ path, message }] })
  }
  if (config.mode === 'http' && !config.signingSecret) lacks('signingSecret', 'App Credentials → Signing Secret')
  if (config.mode !== 'http' && !config.appToken)
    lacks('appToken', 'App-Level Tokens, with the scope connections:write')
}

function receiverOf(account: SlackAccount, api: Api, patience: Patience, renewed: () => void): Receiver {
  const { mode, signingSecret = '', appToken = '', sockets = 1 } = account.config
  return mode === 'http'
    ? httpReceiver({ account, api, signingSecret })
    : socketReceiver({ account, api, appToken, sockets, patience, renewed })
}

export default makeSlack()
