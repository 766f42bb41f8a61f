import { toFailure, type Attachment, type Config, type LedgerRecord, type LineBody } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { deadline, within } from '../deadline.ts'
import type { Lines } from '../delivery/deliver.ts'
import type { Media } from '../media.ts'
import type { Platform } from '../platform.ts'
import type { Sessions } from '../sessions/sessions.ts'

type Accept = LedgerRecord<'accept'>
type Stored = LineBody<'media'>['files'][number]

/** One file has this long; a slower one is named in its place. */
const fetchMs = 60_000

/**
 * Makes the first step of a run whose messages carry files: streams them from the platform into `media/` and journals
 * where they are. What cannot be had is journaled with the reason, and the run goes on without it.
 */
export function openAttachments(parts: {
  platform: Platform
  sessions: Sessions
  media: Media
  lines: Pick<Lines, 'link'>
  config(): Config
  log: Log
}): (accepts: readonly Accept[], signal: AbortSignal) => Promise<void> {
  const { clock } = parts.platform

  async function fetchOne(accept: Accept, file: Attachment, signal: AbortSignal): Promise<Stored> {
    const { ref, mime, sizeBytes = 0 } = file
    const maxBytes = (parts.config().media?.maxFileMb ?? 50) * 2 ** 20
    const { channel, account } = accept.reply!
    try {
      if (sizeBytes > maxBytes)
        return { ref, failure: `it is larger than ${Math.floor(maxBytes / 2 ** 20)} MB (media.maxFileMb)` }
      const link = parts.lines.link(channel, account)?.link
      if (!link?.fetch) return { ref, failure: link ? 'this chat gives no files' : `${channel} is not connected` }
      using limit = deadline(clock, fetchMs, `${channel}/${account}: fetching a file`, signal)
      const stream = await within(link.fetch(file, limit.signal), limit.signal)
      const { ref: stored, sizeBytes: size } = await within(parts.media.take(stream, maxBytes), limit.signal)
      return { ref, stored, mime, sizeBytes: size }
    } catch (error) {
      if (signal.aborted) throw error
      const { message } = toFailure(error)
      parts.log.warn(`${channel}/${account}: a file could not be fetched`, { error: message })
      return { ref, failure: message }
    }
  }

  return async (accepts, signal) => {
    const wanted = accepts.flatMap((accept) =>
      (accept.reply ? (accept.attachments ?? []) : [])
        .filter(({ ref }) => !ref.startsWith('media:'))
        .map((file) => ({ accept, file })),
    )
    if (wanted.length === 0) return
    const files = await Promise.all(wanted.map(({ accept, file }) => fetchOne(accept, file, signal)))
    const { session, agent } = accepts[0]!
    await parts.sessions.commit({ session, agent, drafts: [{ kind: 'media', body: { files } }] })
  }
}
