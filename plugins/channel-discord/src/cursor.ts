import { toFailure } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { remember } from './bounded.ts'
import type { DiscordAccount } from './config.ts'

/** What of a session is needed to resume it after a restart. */
const Session = Type.Object({ id: Type.String(), url: Type.String(), seq: Type.Integer() })
export type Session = Static<typeof Session>

const Saved = Type.Object({
  /** A session belongs to one application and one set of intents. */
  application: Type.String(),
  intents: Type.Integer(),
  session: Type.Optional(Session),
  behind: Type.Boolean(),
  channels: Type.Array(Type.Tuple([Type.String(), Type.String()])),
})

/** How far this account has read, kept over restarts. */
export interface Cursor extends AsyncDisposable {
  /** The session to resume; undefined when a new one must begin. Its `seq` is the last event that is durable. */
  session: Readonly<Session> | undefined
  /** A session began anew: what was said before it must be looked up. Stays true until that was done. */
  behind: boolean
  /** The last message that is durable, of the channels in which something was said lately; the latest channel is last. */
  readonly channels: ReadonlyMap<string, string>
  read(channel: string, message: string): void
  /** This channel is gone. */
  forget(channel: string): void
  /** Writes now; otherwise changes are written within a second, and at the end. */
  save(): Promise<void>
}

const storeKey = 'cursor'
const saveEveryMs = 1000
const maxChannels = 200

/** Reads what was kept. A value of another application or other intents keeps its channels only. */
export async function openCursor(
  account: DiscordAccount,
  owner: { readonly application: string; readonly intents: number },
): Promise<Cursor> {
  const saved = readSaved(await account.store.get(storeKey))
  const same = saved?.application === owner.application && saved.intents === owner.intents
  const channels = new Map(saved?.application === owner.application ? saved.channels : [])
  let session = same ? saved.session : undefined
  let behind = same ? saved.behind : false
  let waiting: Disposable | undefined
  let closed = false
  let written: Promise<void> = Promise.resolve()

  function write(): Promise<void> {
    waiting?.[Symbol.dispose]()
    waiting = undefined
    const value: Static<typeof Saved> = { ...owner, ...(session ? { session } : {}), behind, channels: [...channels] }
    const bytes = new TextEncoder().encode(JSON.stringify(value))
    written = written
      .then(() => account.store.set(storeKey, bytes))
      .catch((error: unknown) =>
        account.log.warn(`discord/${account.id}: the cursor could not be kept`, { error: toFailure(error).message }),
      )
    return written
  }
  const changed = () => {
    if (!closed) waiting ??= account.clock.after(saveEveryMs, () => void write())
  }

  return {
    get session() {
      return session
    },
    set session(next) {
      session = next
      changed()
    },
    get behind() {
      return behind
    },
    set behind(next) {
      behind = next
      changed()
    },
    channels,
    read(channel, message) {
      // The later of two ids is the longer text, and of two of one length the greater.
      const known = channels.get(channel) ?? ''
      const later = message.length === known.length ? message > known : message.length > known.length
      remember(channels, channel, later ? message : known, maxChannels)
      changed()
    },
    forget(channel) {
      channels.delete(channel)
      changed()
    },
    save: write,
    [Symbol.asyncDispose]() {
      closed = true
      return write()
    },
  }
}

function readSaved(bytes: Uint8Array | undefined): Static<typeof Saved> | undefined {
  if (!bytes) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Value.Check(Saved, value) ? value : undefined
  } catch {
    // Damaged: as if there were none.
    return undefined
  }
}
