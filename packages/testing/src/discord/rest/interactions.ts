import type { Asked, Route } from '../http.ts'
import { refuse } from '../model.ts'
import type { Channel, Message } from '../model.ts'
import type { World } from '../world.ts'
import { createMessage, deleteMessage, editMessage, textOf } from './messages.ts'

/** How long a first answer may take, and how long answers may be changed:
 * https://docs.discord.com/developers/interactions/receiving-and-responding */
const windows = { answerMs: 3000, tokenMs: 15 * 60_000 }

/** What somebody did and what was shown to them for it. */
export interface Interaction {
  readonly id: string
  readonly token: string
  readonly channel: Channel
  readonly at: number
  /** The message whose button was pressed. */
  readonly on?: Message
  /** Number of the callback that answered it; undefined while there is none. */
  callback?: number
  /** Only who did it sees the answer. */
  ephemeral: boolean
  /** What is shown to them alone. */
  shown?: string
  /** The answer that stands in the channel. */
  message?: string
  /** The answer was taken away while it was only "thinking". */
  removed?: boolean
}

/** Interactions that live, and the routes through which they are answered. */
export interface Interactions {
  readonly routes: readonly Route[]
  /** Begins one, and tells of it. */
  begin(channel: Channel, data: Record<string, unknown>, by: string, on?: Message): Interaction
  get(id: string): Interaction | undefined
  /** Called whenever something is shown. */
  onShown(listen: () => void): void
}

export function makeInteractions(world: World): Interactions {
  const live = new Map<string, Interaction>()
  const listeners = new Set<() => void>()
  const shown = () => {
    for (const tell of listeners) tell()
  }

  function byToken(token = ''): Interaction {
    const found = [...live.values()].find((one) => one.token === token)
    if (!found || world.now() - found.at > windows.tokenMs) refuse(401, 50027, 'Invalid Webhook Token')
    return found
  }

  function show(interaction: Interaction, { body, files }: Pick<Asked, 'body' | 'files'>): unknown {
    if (interaction.ephemeral) {
      interaction.shown = textOf(body.content) ?? ''
      shown()
      return { id: world.makeId(), channel_id: interaction.channel.id, content: interaction.shown, flags: 64 }
    }
    const standing = interaction.message && world.messages.get(interaction.channel.id)?.get(interaction.message)
    const more = { webhook_id: world.application.id, application_id: world.application.id }
    const message = standing
      ? editMessage(world, standing, body)
      : createMessage(world, interaction.channel, world.bot, { body, files }, { ...more, type: 20 })
    interaction.message = message.id
    shown()
    return world.show(message)
  }

  /** The numbers are those of https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object */
  function respond(interaction: Interaction, asked: Asked): void {
    const type = Number(asked.body.type)
    const data = (asked.body.data ?? {}) as Record<string, unknown>
    interaction.callback = type
    interaction.ephemeral = (Number(data.flags ?? 0) & 64) !== 0
    if (type === 4) show(interaction, { body: data, files: asked.files })
    else if (type === 7 && interaction.on) editMessage(world, interaction.on, data)
    else if (type !== 5 && type !== 6) refuse(400, 50035, 'Invalid Form Body')
  }

  const original = '/webhooks/:application/:token/messages/@original'
  return {
    routes: [
      {
        method: 'POST',
        path: '/interactions/:id/:token/callback',
        step: 'callback',
        open: true,
        serve(asked) {
          const interaction = live.get(asked.at.id ?? '')
          if (interaction?.token !== asked.at.token || !interaction) refuse(404, 10062, 'Unknown interaction')
          if (interaction.callback !== undefined) refuse(400, 40060, 'Interaction has already been acknowledged.')
          if (world.now() - interaction.at > windows.answerMs) refuse(404, 10062, 'Unknown interaction')
          respond(interaction, asked)
        },
      },
      {
        method: 'PATCH',
        path: original,
        step: 'send',
        open: true,
        serve(asked) {
          const interaction = byToken(asked.at.token)
          if (interaction.callback === undefined || interaction.removed) refuse(404, 10008, 'Unknown Message')
          return show(interaction, asked)
        },
      },
      {
        method: 'DELETE',
        path: original,
        open: true,
        serve({ at }) {
          const interaction = byToken(at.token)
          interaction.removed = true
          const standing = world.messages.get(interaction.channel.id)?.get(interaction.message ?? '')
          if (standing) deleteMessage(world, standing)
        },
      },
    ],
    begin(channel, data, by, on) {
      const user = world.people.get(by) ?? refuse(400, 50033, 'Invalid Recipient(s)')
      const id = world.makeId()
      const common = { id, token: `interaction-${id}-token`, channel, at: world.now() }
      const interaction: Interaction = { ...common, ephemeral: false, ...(on ? { on } : {}) }
      live.set(id, interaction)
      const who = channel.guild_id ? { guild_id: channel.guild_id, member: { ...world.memberOf(by), user } } : { user }
      const about = { id, token: interaction.token, application_id: world.application.id, version: 1, locale: 'en-US' }
      const where = { channel_id: channel.id, channel, ...who }
      const message = on ? { message: world.show(on) } : {}
      world.emit({ t: 'INTERACTION_CREATE', channel: channel.id, d: { ...about, ...where, ...message, ...data } })
      return interaction
    },
    get: (id) => live.get(id),
    onShown: (listen) => void listeners.add(listen),
  }
}
