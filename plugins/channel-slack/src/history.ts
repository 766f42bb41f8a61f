import { toFailure, type Account } from '@openclaw/sdk'
import type { Api } from './api.ts'
import type { SlackMessage } from './inbound.ts'
import { openMemory } from './memory.ts'

/** What was said while nobody listened. Slack gives events again only for a while; the conversations keep them. */
export interface History extends AsyncDisposable {
  /** A message of this conversation, or of this thread in it, was taken: what follows it is what may be missed. */
  passed(channel: string, thread: string | undefined, ts: string): void
  /** Hands over what came since, conversation by conversation, oldest first. */
  catchUp(take: (channel: string, messages: () => Promise<readonly SlackMessage[]>) => Promise<void>): Promise<void>
}

const storeKey = 'history'
const maxPlaces = 200
/** Slack allows some 50 such calls a minute (https://docs.slack.dev/apis/web-api/rate-limits, tier 3). */
const maxCalls = 40
const maxMessages = 100
const maxAgeMs = 86_400_000
const writeMs = 1000

export async function openHistory(
  account: Pick<Account, 'store' | 'clock' | 'log' | 'signal'>,
  api: Api,
): Promise<History> {
  const { clock, log, signal } = account
  const memory = openMemory<Record<string, string>>(account, storeKey)
  /** Newest last. The key is a conversation, or a conversation and the thread in it. */
  const cursors = new Map(Object.entries((await memory.load()) ?? {}))
  let timer: Disposable | undefined
  let closed = false
  let writing: Promise<void> = Promise.resolve()

  function write() {
    timer?.[Symbol.dispose]()
    timer = undefined
    writing = memory
      .save(Object.fromEntries(cursors))
      .catch((error: unknown) =>
        log.warn(`${api.name}: storing the cursors failed`, { error: toFailure(error).message }),
      )
  }

  async function since(key: string): Promise<readonly SlackMessage[]> {
    const [channel = '', thread] = key.split(' ')
    const oldest = Math.max(Number(cursors.get(key)), (clock.now() - maxAgeMs) / 1000).toFixed(6)
    const { messages = [], has_more: more } = await api.call('looking for what was said meanwhile', signal, (client) =>
      thread
        ? client.conversations.replies({ channel, ts: thread, oldest, limit: maxMessages })
        : client.conversations.history({ channel, oldest, limit: maxMessages }),
    )
    if (more) log.warn(`${api.name}: more than ${maxMessages} messages were missed in ${channel}; the rest is left out`)
    return (messages as SlackMessage[])
      .filter(({ ts }) => Number(ts) > Number(oldest))
      .toSorted((one, other) => Number(one.ts) - Number(other.ts))
  }

  return {
    passed(channel, thread, ts) {
      const key = thread ? `${channel} ${thread}` : channel
      const known = cursors.get(key)
      if (known !== undefined && Number(known) >= Number(ts)) return
      cursors.delete(key)
      cursors.set(key, ts)
      for (const oldest of cursors.keys()) {
        if (cursors.size <= maxPlaces) break
        cursors.delete(oldest)
      }
      if (!closed) timer ??= clock.after(writeMs, write)
    },
    async catchUp(take) {
      const keys = [...cursors.keys()].toReversed().slice(0, maxCalls)
      await Promise.all(
        keys.map((key) =>
          take(key.split(' ')[0]!, () => since(key)).catch((error: unknown) => {
            if (!signal.aborted)
              log.warn(`${api.name}: what was said meanwhile in ${key} was not found`, {
                error: toFailure(error).message,
              })
          }),
        ),
      )
    },
    async [Symbol.asyncDispose]() {
      closed = true
      if (timer) write()
      await writing
    },
  }
}
