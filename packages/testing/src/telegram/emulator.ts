import type { Peer } from '@openclaw/protocol'
import type { Counterpart, Seen } from '../channel/counterpart.ts'
import { openFaults } from './faults.ts'
import { accountMethods } from './methods/account.ts'
import { clickMethods, openClicks } from './methods/clicks.ts'
import { mediaMethods } from './methods/media.ts'
import { messageMethods } from './methods/messages.ts'
import type { Platform } from './methods/method.ts'
import { reactionMethods } from './methods/reactions.ts'
import { updateMethods } from './methods/updates.ts'
import { openPeople, type People } from './people.ts'
import { serve } from './server.ts'
import { openSteps } from '../channel/steps.ts'
import type { TelegramUser } from './types.ts'
import { openUpdates } from './updates.ts'
import { openWebhook, type Hook } from './webhook.ts'
import { openWorld, type Post, type World } from './world.ts'

export interface TelegramOptions {
  /** How the account in `account` takes updates: it asks for them (the default), or it is called. */
  readonly mode?: 'polling' | 'webhook'
  /** Takes calls of a webhook in place of its address. */
  readonly deliver?: (request: Request) => Promise<Response>
  /** Where the account in `account` says that it is called. */
  readonly webhookUrl?: string
  readonly token?: string
  /** The bot's name, without the @. */
  readonly username?: string
  /** How many people there are: three when absent, and at least. */
  readonly people?: number
}

/** Telegram's Bot API on loopback, with some people, a group with a topic, a basic group, and one bot: ours. */
export interface TelegramEmulator extends Counterpart, Pick<People, 'update' | 'posts'> {
  /** The `apiRoot` of a library. */
  readonly url: string
  readonly token: string
  readonly bot: TelegramUser
  readonly group: Peer
  readonly thread: Peer
  /** A group without topics, which can become a supergroup. */
  readonly basicGroup: Peer
  /** The webhook that is set. */
  readonly hook: Hook | undefined
  /** Turns the basic group into a supergroup; its new peer. */
  migrates(): Peer
  /** Somebody blocks the bot, or a group removes it. */
  shutsOut(peer: Peer): void
  /** What we reacted with to a message. */
  reaction(message: string): string | undefined
  /** The menu in a scope, e.g. `all_private_chats`. */
  menu(scope: string): readonly { readonly command: string; readonly description: string }[] | undefined
}

/** Starts Telegram anew: nothing was said yet, and no webhook is set. */
export async function telegramEmulator(options: TelegramOptions = {}): Promise<TelegramEmulator> {
  const { token = '7000000001:AAEmulatedTokenOfOpenClaw_0123456789', mode = 'polling', deliver = fetch } = options
  await using opening = new AsyncDisposableStack()
  const steps = openSteps()
  const faults = openFaults((fault) => {
    if (fault.kind === 'disconnect' || fault.kind === 'halfClose') server.cut(fault.kind)
    else webhook.wake()
  })
  const world = openWorld(options.username ?? 'openclaw_bot', Math.max(3, options.people ?? 3))
  const updates = openUpdates(faults)
  const webhook = opening.use(openWebhook({ updates, faults, steps, deliver }))
  const clicks = openClicks()
  let typed = 0
  const platform: Platform = { world, updates, webhook, clicks, menus: new Map(), typing: () => void typed++ }
  const server = opening.use(
    await serve({
      token,
      methods: {
        ...accountMethods(platform),
        ...updateMethods(platform),
        ...messageMethods(platform),
        ...mediaMethods(platform),
        ...reactionMethods(platform),
        ...clickMethods(platform),
      },
      files: world.files,
      faults,
      steps,
    }),
  )
  const people = openPeople({ world, updates, clicks })
  const account = {
    token,
    apiRoot: server.url,
    ...(mode === 'webhook'
      ? {
          mode,
          webhookUrl: options.webhookUrl ?? 'https://gateway.example/webhooks/telegram/default',
          webhookSecret: 'a-secret-that-only-telegram-knows',
        }
      : {}),
  }
  const group: Peer = { kind: 'group', id: String(world.group.chat.id) }

  const closing = opening.move()
  return {
    url: server.url,
    token,
    bot: world.bot,
    account,
    refused: { ...account, token: '7000000001:AAnotherTokenThatIsWrong' },
    people: world.people.map(({ id }) => String(id)) as [string, string, string, ...string[]],
    direct: (person) => ({ kind: 'direct', id: person }),
    group,
    thread: { ...group, thread: String([...world.group.topics][0]) },
    basicGroup: { kind: 'group', id: String(world.basicGroup.chat.id) },
    ...people,
    get hook() {
      return webhook.hook
    },
    migrates: () => migrate(world, people),
    shutsOut(peer) {
      const room = world.at(peer)
      const { type } = room.chat
      room.closed = type === 'private' ? 'bot was blocked by the user' : `bot was kicked from the ${type} chat`
    },
    reaction: (message) => world.find(Number(message))?.reaction,
    menu: (scope) => platform.menus.get(scope),
    sees: () => world.ours.map(seenOf),
    waitSeen: async (count) => seenOf(await world.waitOurs(count)),
    get typed() {
      return typed
    },
    acknowledged: () => updates.drained(),
    links: () => server.links(),
    fault: (fault) => faults.add(fault),
    onStep: (listen) => steps.listen(listen),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function seenOf({ message, room, raw, replyTo, files, edits }: Post): Seen {
  const { message_id, text, caption, message_thread_id: thread, reply_markup } = message
  return {
    message: String(message_id),
    peer: {
      kind: room.chat.type === 'private' ? 'direct' : 'group',
      id: String(room.chat.id),
      ...(thread === undefined ? {} : { thread: String(thread) }),
    },
    text: text ?? caption ?? '',
    raw,
    ...(replyTo === undefined ? {} : { replyTo: String(replyTo) }),
    files,
    choices: (reply_markup?.inline_keyboard.flat() ?? []).map(({ text: label, callback_data = '' }) => ({
      id: callback_data,
      label,
    })),
    edits,
  }
}

/** https://core.telegram.org/bots/api#responseparameters: both groups get a service message that names the other. */
function migrate(world: World, people: People): Peer {
  const old = world.basicGroup
  const made = world.open({ id: -1001000002001, type: 'supergroup', title: old.chat.title ?? '' })
  const [from, peer] = [String(old.chat.id), String(made.chat.id)]
  people.posts({ migrate_to_chat_id: made.chat.id }, { in: { kind: 'group', id: from } })
  people.posts({ migrate_from_chat_id: old.chat.id }, { in: { kind: 'group', id: peer } })
  old.movedTo = made.chat.id
  return { kind: 'group', id: peer }
}
