import { join } from 'node:path'
import { failure, type Config, type Usage } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Platform } from '../platform.ts'

/** What was used today, in local time, so that a bill cannot run away. Survives restarts. */
export interface Budget {
  /** Throws `rate_limited` when today's limit is reached. */
  check(limits: Config['limits']): void
  add(usage: Usage): void
  readonly today: { readonly tokens: number; readonly costUsd: number }
  flush(): Promise<void>
}

/** Defaults of `limits.perDay`. */
const perDay = { tokens: 20_000_000, costUsd: 50 }

export async function openBudget(parts: { platform: Platform; home: string; log: Log }): Promise<Budget> {
  const { clock, files } = parts.platform
  const path = join(parts.home, 'state', 'usage.json')
  const day = () => {
    const at = new Date(clock.now())
    return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
  }
  const read = (text: string | undefined): { day: string; tokens: number; costUsd: number } => {
    try {
      const { day: of, tokens, costUsd } = JSON.parse(text ?? '') as Record<string, unknown>
      if (of === day() && typeof tokens === 'number' && typeof costUsd === 'number') return { day: of, tokens, costUsd }
    } catch {
      // A damaged counter starts again: it guards a bill, not data.
    }
    return { day: day(), tokens: 0, costUsd: 0 }
  }
  let total = read(await files.readText(path))
  let writing: Promise<void> | undefined
  let dirty = false

  async function write() {
    while (dirty) {
      dirty = false
      await files.replace(path, JSON.stringify(total)).catch((error: unknown) => {
        parts.log.warn("usage: today's counter could not be written; it counts on in memory", { error: String(error) })
      })
      await clock.sleep(1000).catch(() => {})
    }
    writing = undefined
  }
  const current = () => {
    if (total.day !== day()) total = { day: day(), tokens: 0, costUsd: 0 }
    return total
  }

  return {
    check(limits) {
      const used = current()
      const tokens = limits?.perDay?.tokens ?? perDay.tokens
      const costUsd = limits?.perDay?.costUsd ?? perDay.costUsd
      const what =
        used.tokens >= tokens
          ? `${tokens} tokens (limits.perDay.tokens)`
          : used.costUsd >= costUsd
            ? `$${costUsd} (limits.perDay.costUsd)`
            : ''
      if (what) {
        throw failure(
          'rate_limited',
          `today's limit of ${what} is reached; raise it with \`openclaw config set\` or go on tomorrow`,
        )
      }
    },
    add(usage) {
      const used = current()
      used.tokens += usage.input + usage.output
      used.costUsd += usage.costUsd ?? 0
      dirty = true
      writing ??= write()
    },
    get today() {
      return current()
    },
    async flush() {
      if (dirty || writing) await files.replace(path, JSON.stringify(total)).catch(() => {})
    },
  }
}
