import { failure, toFailure, type Config, type LedgerRecord } from '@openclaw/protocol'
import type { Link, Log } from '@openclaw/sdk'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { PluggedChannel } from '../plugins/host.ts'
import { render } from './compose.ts'
import type { Lines } from './deliver.ts'

type Accept = LedgerRecord<'accept'>

/** A short answer needs no preview: it is there before anybody wonders. */
const firstMs = 1500
const firstChars = 20
/** One for all: a reason of its own would be most of what an answer costs that needs no preview. */
const answered = failure('aborted', 'the answer is there')

/** An answer that a peer sees while it grows: one message, edited no more often than the platform lets it. */
export interface Preview {
  /** A piece of the answer. */
  add(delta: string): void
  /** What was said so far was not the answer: the agent goes on to work. */
  clear(): void
  /** Ends it. Resolves with the platform's id of the message, whose place the answer takes; undefined when there is none. */
  finish(): Promise<string | undefined>
}

/** Makes previews where the channel can edit and the configuration lets it; elsewhere there are none. */
export function openPreviews(parts: {
  platform: Platform
  lines: Pick<Lines, 'link'>
  ledger: Pick<Ledger, 'owed' | 'commit'>
  config(): Config
  log: Log
}): (accept: Accept) => Preview | undefined {
  const { lines, ledger, log } = parts
  const { clock } = parts.platform

  return ({ id, reply, replyTo }) => {
    if (!reply) return undefined
    const { channel, account, peer } = reply
    const open = () => {
      const found = lines.link(channel, account)
      return found?.link.edit ? found : undefined
    }
    // One that an earlier process began is this run's to end, also before the link is up again.
    let message = ledger.owed.previews.get(id)
    const wanted = message !== undefined || open() !== undefined
    const { preview, blocks } = parts.config().channels?.[channel] ?? {}
    if (!wanted || preview === false || (blocks && message === undefined)) return undefined
    const over = new AbortController()
    const { signal } = over
    let text = ''
    let shown = ''
    let working: Promise<void> | undefined
    let timer: Disposable | undefined = clock.after(firstMs, tick)

    async function show(link: Link, channel: PluggedChannel) {
      const [first = ''] = await render(text, channel)
      if (first === shown || !first.trim()) return
      if (message === undefined) {
        const key = `${id}:preview`
        const sent =
          (await link.find?.(peer, key, signal)) ??
          (await link.send({ peer, text: first, idempotencyKey: key, ...(replyTo ? { replyTo } : {}) }, signal))
        message = sent.messages[0]
        if (message !== undefined) await ledger.commit([{ type: 'preview', accept: id, message }])
      } else await link.edit!(peer, message, first, signal)
      shown = first
    }

    function tick() {
      timer = undefined
      const found = open()
      let pauseMs = found?.channel.traits.editEveryMs ?? 1000
      if (!found || (text.length < firstChars && message === undefined)) return again(pauseMs)
      working = show(found.link, found.channel)
        .catch((error: unknown) => {
          const { code, message: why, retryAfterMs = 0 } = toFailure(error)
          // It is only a preview: the answer itself is owed by the ledger and comes all the same.
          if (code !== 'aborted') log.debug(`${channel}/${account}: a preview was not shown`, { error: why })
          pauseMs = Math.max(pauseMs, retryAfterMs)
        })
        .finally(() => {
          working = undefined
          again(pauseMs)
        })
    }
    function again(ms: number) {
      if (!signal.aborted) timer = clock.after(ms, tick)
    }

    return {
      add(delta) {
        text += delta
      },
      clear() {
        text = ''
      },
      async finish() {
        timer?.[Symbol.dispose]()
        // A message that is on its way is waited for, or nobody would know its id.
        if (message !== undefined) over.abort(answered)
        await working
        over.abort(answered)
        timer?.[Symbol.dispose]()
        return message
      },
    }
  }
}
