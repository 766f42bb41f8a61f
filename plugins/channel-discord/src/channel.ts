import { renderMarkdown } from '@openclaw/channel-kit'
import { defineChannel } from '@openclaw/sdk'
import { account } from './config.ts'
import { openCursor } from './cursor.ts'
import { maxFileBytes } from './files.ts'
import { intents, openGateway } from './gateway.ts'
import { openIntake } from './intake.ts'
import { openInteractions } from './interactions.ts'
import { checkLogin, registerCommands } from './login.ts'
import { markup } from './markup.ts'
import { openSending } from './outbound.ts'
import { openPlaces } from './places.ts'
import { openRest } from './rest.ts'

const maxText = 2000

/** Discord, over its gateway: what is said comes through one socket, what we say goes through the REST API. */
export default defineChannel({
  id: 'discord',
  account,
  traits: {
    maxText,
    lengthUnit: 'utf16',
    markup: 'markdown',
    threads: true,
    media: true,
    edits: true,
    history: true,
    choices: true,
    editEveryMs: 1200,
    maxFileBytes,
    // A nonce names a message for some minutes, and what was sent is told to us again when a session is resumed.
    delivery: 'effectively-once',
  },
  render: (markdown) => renderMarkdown(markdown, markup, { max: maxText, unit: 'utf16' }).map(({ text }) => text),
  async connect(account) {
    const rest = account.use(openRest(account), 'rest')
    const self = await checkLogin(account, rest)
    await registerCommands(account, rest, self)
    const cursor = account.use(await openCursor(account, { application: self.application, intents }), 'cursor')
    const places = openPlaces(rest, self.id)
    const interactions = openInteractions(account, rest, places, self)
    const sending = openSending(account, rest, interactions)
    const intake = openIntake({ account, rest, self, places, cursor, interactions, echoed: sending.echoed })
    const gateway = account.use(
      openGateway({
        account,
        cursor,
        take: intake.take,
        up: () => void intake.catchUp().catch((error: unknown) => gateway.lose(error)),
      }),
      'gateway',
    )
    await gateway.open()
    return { ...sending, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
  },
})
