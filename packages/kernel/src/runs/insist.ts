import { toFailure } from '@openclaw/protocol'
import type { RunParts } from './parts.ts'

const longestPauseMs = 5000

/**
 * Does something durable, again and again until the disk takes it: what was accepted stays owed meanwhile. False when
 * the gateway stops first, and the next start goes on with it.
 */
export async function insist(
  { platform, log, closing }: Pick<RunParts, 'platform' | 'log' | 'closing'>,
  what: string,
  work: () => Promise<unknown>,
): Promise<boolean> {
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await work()
      return true
    } catch (error) {
      if (closing.aborted) return false
      log.error(`${what}: the disk refused what became of it; trying again`, { error: toFailure(error).message })
      await platform.clock.sleep(pauseMs)
    }
  }
}
