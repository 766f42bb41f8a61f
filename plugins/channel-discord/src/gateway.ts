import { failure, toFailure, type Failure } from '@openclaw/sdk'
import { GatewayIntentBits, type GatewayDispatchPayload, type SessionInfo } from 'discord.js'
import { makeClient } from './client.ts'
import type { DiscordAccount } from './config.ts'
import type { Cursor } from './cursor.ts'
import { readClose, readFailure } from './failure.ts'
import { countSequence, type Sequence } from './sequence.ts'

/** What we ask to be told: https://docs.discord.com/developers/events/gateway#list-of-intents */
export const intents =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.GuildMessageReactions |
  GatewayIntentBits.GuildMessageTyping |
  GatewayIntentBits.DirectMessages |
  GatewayIntentBits.DirectMessageReactions |
  GatewayIntentBits.DirectMessageTyping |
  GatewayIntentBits.MessageContent

/** A session is given up when it could not be resumed so many times in a row. */
const maxResumes = 3

/** The socket to Discord. Closing it keeps the session, so that the next start can resume it. */
export interface Gateway extends AsyncDisposable {
  /** Logs in. Resolves when events flow; rejects with why they cannot. */
  open(): Promise<void>
  /** Ends the link because something could not be stored. The next link is given it again. */
  lose(error: unknown): void
}

export interface GatewayParts {
  readonly account: DiscordAccount
  readonly cursor: Cursor
  /** Resolves when the event is durable; undefined when there is nothing to wait for. `session` and `event.s` name it for ever. */
  take(event: GatewayDispatchPayload, session: string): Promise<void> | undefined
  /** Events flow, for the first time or again. */
  up(): void
}

/**
 * discord.js keeps the socket, beats, and resumes a session that was cut. What it leaves open is decided here: which
 * session is resumed and from where, when one is given up, and that there is never a second socket. When its first step
 * back does not get through, the link is reported as lost, and the kernel connects anew with its own patience.
 */
export function openGateway({ account, cursor, take, up }: GatewayParts): Gateway {
  const name = `discord/${account.id}`
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => {})
  let phase: 'down' | 'connecting' | 'greeted' | 'live' = 'down'
  let wasUp = false
  let resuming = false
  let resumes = 0
  let closing: Promise<void> | undefined
  let ended = false
  let sequence: Sequence | undefined = cursor.session && countSequence(cursor.session.seq)
  /** Settles when a socket that is being opened is open or gone. */
  let opening = Promise.withResolvers<void>()
  opening.resolve()

  const client = makeClient(account, intents, {
    session() {
      if (phase === 'down' || phase === 'connecting') {
        // A shard that pauses before it connects cannot be stopped otherwise, nor one that would connect a second time.
        if (closing || ended || phase === 'connecting') return new Promise<SessionInfo | null>(() => {})
        if (resumes >= maxResumes) drop()
        phase = 'connecting'
        opening = Promise.withResolvers()
      }
      const kept = cursor.session
      if (!kept) return null
      return { sessionId: kept.id, resumeURL: kept.url, sequence: kept.seq, shardId: 0, shardCount: 1 }
    },
    keepSession(info) {
      if (info) begin(info)
      // Our own end keeps the session, and so does a network that is away; Discord's word does not.
      else if (!closing && !ended && phase !== 'connecting') drop()
    },
    hello() {
      opening.resolve()
      phase = 'greeted'
      resuming = cursor.session !== undefined
    },
    up() {
      phase = 'live'
      wasUp = true
      resumes = 0
      account.report('online')
      up()
      ready.resolve()
    },
    closed(code) {
      opening.resolve()
      const goesOn = phase === 'live' || (phase === 'greeted' && resuming)
      phase = 'down'
      const never = readClose(code, name)
      if (never) end(never)
      else if (!goesOn) end(failure('unavailable', `${name}: Discord closed the link before we were in (${code})`))
      else if (!ended && !closing) account.report('degraded', `Discord closed the link (${code}); taking it up again`)
    },
    dispatch(event) {
      const [session, counted] = [cursor.session, sequence]
      if (!session || !counted || ended || closing) return
      const settle = counted.begin(event.s)
      const settled = () => {
        settle()
        if (counted === sequence && cursor.session) cursor.session = { ...cursor.session, seq: counted.durable }
      }
      const taken = take(event, session.id)
      if (taken) void taken.then(settled, lose)
      else settled()
    },
    debug(message) {
      // The library says these nowhere else, and a platform that always answers "try again" would be asked for ever.
      if (message.startsWith('Resuming session')) resumes++
      else if (message.startsWith('Invalid session') && resumes >= maxResumes) drop()
      else if (message.includes('Zombie connection')) account.report('degraded', 'Discord has gone silent')
    },
  })

  /** discord.js names the session again with each event; only a new one is news. */
  function begin({ sessionId, resumeURL }: SessionInfo): void {
    if (sessionId === cursor.session?.id) return
    sequence = countSequence(0)
    cursor.session = { id: sessionId, url: resumeURL, seq: 0 }
    cursor.behind = cursor.channels.size > 0
    // At once: what is said from now on can only be had again through this session.
    void cursor.save()
  }

  function drop(): void {
    cursor.session = undefined
    sequence = undefined
    resumes = 0
  }

  function end(reason: Error & Failure): void {
    if (ended || closing) return
    ended = true
    ready.reject(reason)
    const fatal = ['unauthorized', 'forbidden', 'unsupported'].includes(reason.code)
    if (wasUp) account.report('offline', reason.message, fatal)
  }

  function lose(error: unknown): void {
    const { message } = toFailure(error)
    end(failure('unavailable', `${name}: an event could not be stored, and is asked for again: ${message}`))
  }

  async function close(): Promise<void> {
    ready.reject(failure('aborted', `${name}: the link was closed`))
    // The library does not close a socket that is only being opened: it would be left open for good.
    await opening.promise
    await client.destroy()
  }

  return {
    async open() {
      client.login(account.config.token).catch((error: unknown) => end(readFailure(error, `${name}: logging in`)))
      await ready.promise
    },
    lose,
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}
