import { chatUrl, failure, isChatUrl, type Address } from '@openclaw/protocol'

/** The chats to which the tools of a run may write: the one that it answers, and those that the owner said yes to. */
export interface RunChats {
  /** Why the owner is asked before a call that writes there; undefined for the run's own chat. */
  asks(reaches: string): string | undefined
  /** A call that writes there was allowed. */
  allow(reaches: string): void
  /**
   * Where to write: `wanted`, or the run's own chat. Throws `not_found` when the run answers no chat, and `forbidden`
   * for one that nobody allowed.
   */
  find(wanted: Address | undefined): Address
}

/** `own`: where the run's answer goes, if that is a chat. */
export function openRunChats(own: () => Address | undefined): RunChats {
  const allowed = new Set<string>()
  const isOwn = (url: string) => {
    const reply = own()
    return reply !== undefined && chatUrl(reply) === url
  }
  return {
    asks: (reaches) =>
      isOwn(reaches) ? undefined : 'the agent wants to write to another chat than the one it answers',
    allow(reaches) {
      if (isChatUrl(reaches)) allowed.add(reaches)
    },
    find(wanted) {
      const chat = wanted ?? own()
      if (!chat)
        throw failure(
          'not_found',
          'this session answers no chat: what the answer says is read here; name a chat to write to',
        )
      const url = chatUrl(chat)
      if (!isOwn(url) && !allowed.has(url))
        throw failure('forbidden', `${url} is another chat than the one that this run answers, and nobody allowed it`)
      return chat
    },
  }
}
