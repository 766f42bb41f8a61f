import type { Address } from '@openclaw/protocol'
import type { Platform } from '../platform.ts'
import type { Lines } from './deliver.ts'

/** An answer that comes at once needs no sign, and a sign is a request that platforms count. */
const firstMs = 300
/** Platforms let "typing" lapse after five seconds or so. */
const everyMs = 4000

/** Shows a peer that somebody is at work, until disposed. Where the channel cannot, nothing happens. */
export function keepTyping(
  parts: { platform: Platform; lines: Pick<Lines, 'link'> },
  { channel, account, peer }: Address,
): Disposable {
  // Most answers come before the first sign, and a signal that nobody listens to costs more than the rest.
  let over: AbortController | undefined
  let timer: Disposable
  const show = () => {
    const link = parts.lines.link(channel, account)?.link
    over ??= new AbortController()
    // A sign of life that does not arrive is not worth a word.
    void link?.typing?.(peer, over.signal).catch(() => {})
    timer = parts.platform.clock.after(everyMs, show)
  }
  timer = parts.platform.clock.after(firstMs, show)
  return {
    [Symbol.dispose]() {
      timer[Symbol.dispose]()
      over?.abort()
    },
  }
}
