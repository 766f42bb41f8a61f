import { toFailure, type Inbound } from '@openclaw/sdk'
import { GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord.js'
import { remember } from './bounded.ts'
import type { DiscordAccount } from './config.ts'
import type { Cursor } from './cursor.ts'
import { isGone } from './failure.ts'
import { readMissed } from './history.ts'
import { peerOf, readDelete, readEdit, readMessage, readReaction, type SomeMessage, type Us } from './inbound.ts'
import type { Interactions } from './interactions.ts'
import { makeLanes } from './lanes.ts'
import type { Self } from './login.ts'
import { learnPlaces, type Place, type Places } from './places.ts'
import type { Rest } from './rest.ts'

/** The way of Discord's events to the kernel, in order for each channel. */
export interface Intake {
  /** Resolves when the event is durable; undefined when there is nothing to wait for. `session` names it, with its number. */
  take(event: GatewayDispatchPayload, session: string): Promise<void> | undefined
  /** Hands over what was said while we were away, if that is owed. Rejects when it could not be had or stored. */
  catchUp(): Promise<void>
}

export interface IntakeParts {
  readonly account: DiscordAccount
  readonly rest: Rest
  readonly self: Self
  readonly places: Places
  readonly cursor: Cursor
  readonly interactions: Interactions
  echoed(message: SomeMessage): void
}

const maxAuthors = 2000

export function openIntake(parts: IntakeParts): Intake {
  const { account, rest, self, places, cursor, interactions } = parts
  const lanes = makeLanes()
  /** Who wrote the latest messages: Discord does not say whose message was deleted. */
  const authors = new Map<string, string>()
  let catching: Promise<void> | undefined

  async function hand(
    where: Place | Promise<Place>,
    read: (place: Place, us: Us) => Inbound | undefined,
    roles = false,
  ) {
    const place = await Promise.resolve(where).catch(unlessGone)
    if (!place) return
    const role = roles && 'guild' in place ? await places.ownRole(place.guild).catch(unlessGone) : undefined
    const event = attempt(() => read(place, { id: self.id, role }))
    if (event) await account.receive(event)
  }

  /** What cannot be read is of a form that Discord did not have when this was written: that is no reason to stop. */
  function attempt(read: () => Inbound | undefined): Inbound | undefined {
    try {
      return read()
    } catch (error) {
      return unread(error)
    }
  }

  function unread(error: unknown): undefined {
    account.log.warn(`discord/${account.id}: an event could not be read`, { error: toFailure(error).message })
  }

  function whereIs({ guild_id: guild, channel_id: channel }: Situated, person?: string): Place | Promise<Place> {
    return guild === undefined && person !== undefined ? { person } : places.find(channel)
  }

  async function handMessage(message: SomeMessage, where: Place | Promise<Place>): Promise<void> {
    await hand(where, (place, us) => readMessage(message, place, us), message.mention_roles?.length > 0)
    remember(authors, message.id, message.author.id, maxAuthors)
    cursor.read(message.channel_id, message.id)
  }

  function deleted(ids: readonly string[], at: Situated): Promise<void> {
    return lanes.run(at.channel_id, async () => {
      for (const id of ids)
        await hand(whereIs(at), (place) => {
          const author = 'person' in place ? place.person : authors.get(id)
          return author === undefined ? undefined : readDelete(id, author, place, account.clock.now())
        })
    })
  }

  async function readChannel(channel: string, last: string): Promise<void> {
    const place = await places.find(channel).catch(unlessGone)
    const missed = place && (await readMissed(account, rest, channel, last, place).catch(unlessGone))
    if (!place || !missed) return cursor.forget(channel)
    for (const message of missed) await handMessage(message, place)
  }

  function takeEvent(event: GatewayDispatchPayload, session: string): Promise<void> | undefined {
    switch (event.t) {
      case GatewayDispatchEvents.MessageCreate: {
        const message = whole(event.d)
        if (message.author.id !== self.id)
          return lanes.run(message.channel_id, () => handMessage(message, whereIs(message, message.author.id)))
        parts.echoed(message)
        return undefined
      }
      case GatewayDispatchEvents.MessageUpdate: {
        const message = whole(event.d)
        if (message.author.id === self.id) return undefined
        return lanes.run(message.channel_id, () =>
          hand(whereIs(message, message.author.id), (place, us) => readEdit(message, place, us), true),
        )
      }
      case GatewayDispatchEvents.MessageDelete:
        return deleted([event.d.id], event.d)
      case GatewayDispatchEvents.MessageDeleteBulk:
        return deleted(event.d.ids, event.d)
      case GatewayDispatchEvents.MessageReactionAdd: {
        const reaction = event.d
        if (reaction.user_id === self.id) return undefined
        const named = { event: `${session}:${event.s}`, atMs: account.clock.now() }
        return lanes.run(reaction.channel_id, () =>
          hand(whereIs(reaction, reaction.user_id), (place) => readReaction(reaction, place, named)),
        )
      }
      case GatewayDispatchEvents.InteractionCreate:
        return interactions.take(event.d)
      case GatewayDispatchEvents.TypingStart: {
        const { channel_id: channel, guild_id: guild, user_id: user } = event.d
        const place = guild === undefined ? { person: user } : places.known(channel)
        if (place && user !== self.id) account.typing(peerOf(place), true, user)
        return undefined
      }
      default:
        learnPlaces(places, event)
        return undefined
    }
  }

  return {
    take(event, session) {
      try {
        return takeEvent(event, session)
      } catch (error) {
        return unread(error)
      }
    },
    catchUp() {
      if (!cursor.behind) return Promise.resolve()
      // One channel after the other, the latest first; what is said meanwhile waits behind it in its own channel.
      let turn = Promise.resolve()
      catching ??= Promise.all(
        [...cursor.channels].toReversed().map(([channel, last]) => {
          turn = turn.then(() => readChannel(channel, last))
          const read = turn
          // Once one has failed the others are not waited for.
          read.catch(() => {})
          return lanes.run(channel, () => read)
        }),
      )
        .then(() => void (cursor.behind = false))
        .finally(() => (catching = undefined))
      return catching
    },
  }
}

/** Everything else may be of a form that is not known yet; without these a message cannot even be passed over. */
function whole<M extends SomeMessage>(message: M): M {
  for (const id of [message.id, message.channel_id, message.author.id])
    if (typeof id !== 'string') throw new Error('a message lacks an id')
  return message
}

interface Situated {
  readonly channel_id: string
  readonly guild_id?: string
}

/** Something that is not there for us any more is nothing to wait for; everything else is. */
function unlessGone(error: unknown): undefined {
  if (!isGone(error)) throw error
}
