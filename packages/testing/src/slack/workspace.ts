import type { File } from '../channel/counterpart.ts'

/** What a conversation is, in the words of `channel_type`. */
export type ConversationKind = 'im' | 'mpim' | 'channel' | 'group'

export interface Conversation {
  readonly id: string
  readonly kind: ConversationKind
  readonly name: string
  readonly members: Set<string>
  archived?: boolean
}

export interface Message {
  readonly ts: string
  readonly channel: string
  readonly user?: string
  readonly bot_id?: string
  readonly subtype?: string
  readonly thread_ts?: string
  readonly parent_user_id?: string
  text: string
  blocks?: readonly Block[]
  /** Blocks that were taken away: a client that has not heard of it still shows them. */
  stale?: readonly Block[]
  metadata?: unknown
  files: readonly StoredFile[]
  edited?: { user: string; ts: string }
  reactions: Map<string, Set<string>>
  deleted?: boolean
  /** Of ours, but not over the API: written on another device, or by Slack itself. */
  readonly echo?: boolean
  edits: number
}

/** As much of a block as is looked at here. */
export interface Block {
  readonly type: string
  readonly text?: { readonly text: string }
  readonly elements?: readonly {
    readonly type: string
    readonly action_id: string
    readonly value: string
    readonly text: { readonly text: string }
  }[]
}

export interface StoredFile extends File {
  readonly id: string
  readonly owner: string
  readonly title: string
  /** Where it was shared: the conversation and the message that did it. */
  readonly shares: { readonly channel: string; readonly ts: string }[]
}

export interface User {
  readonly id: string
  readonly name: string
  readonly realName: string
  readonly bot?: boolean
}

/** What the emulated app is called by. */
export const self = {
  user: 'U0BOT000001',
  bot: 'B0BOT000001',
  app: 'A0APP000001',
  team: 'T0TEAM00001',
  name: 'openclaw',
}

const named = ['U0ANNA00001', 'U0BEN000002', 'U0CARLA0003'] as const
export const channelIds = {
  channel: 'C0GENERAL01',
  private: 'C0PRIVATE01',
  mpim: 'G0MPDM00001',
  elsewhere: 'C0ELSEWHERE',
}

/** People, conversations, messages and files: the state that the methods and the people change. */
export interface Workspace {
  readonly users: ReadonlyMap<string, User>
  readonly conversations: ReadonlyMap<string, Conversation>
  readonly files: ReadonlyMap<string, StoredFile>
  /** The first three have names of their own; there may be a crowd besides. */
  readonly people: readonly [string, string, string, ...string[]]
  /** In the order of their timestamps, deleted ones included. */
  readonly messages: readonly Message[]
  /** What we wrote over the API and what still stands there, in order. */
  readonly ours: readonly Message[]
  /** A timestamp later than every one before. */
  tick(): string
  /** The direct conversation of the app with somebody. */
  im(user: string): Conversation
  find(channel: string, ts: string): Message | undefined
  /** Timestamps are unique in the whole workspace here. */
  byTs(ts: string): Message | undefined
  remove(message: Message): void
  post(message: Pick<Message, 'channel' | 'text'> & Partial<Omit<Message, 'ts' | 'edits' | 'reactions'>>): Message
  /** Keeps a file under an id of its own, or the one that it was announced with. */
  keep(file: File, owner: string, title?: string, id?: string): StoredFile
}

export function openWorkspace(now: () => number, count: number): Workspace {
  const crowd = Array.from({ length: Math.max(0, count - named.length) }, (_, index) => {
    const name = `crowd${index + 1}`
    return { id: `U0CROWD${String(index + 1).padStart(4, '0')}`, name, realName: name }
  })
  const people: Workspace['people'] = [...named, ...crowd.map(({ id }) => id)]
  const users = new Map<string, User>(
    [
      { id: named[0], name: 'anna', realName: 'Anna Arden' },
      { id: named[1], name: 'ben', realName: 'Ben Boyle' },
      { id: named[2], name: 'carla', realName: 'Carla Cruz' },
      ...crowd,
      { id: self.user, name: self.name, realName: 'OpenClaw', bot: true },
    ].map((user) => [user.id, user]),
  )
  const everyone = [...users.keys()]
  const conversations = new Map<string, Conversation>(
    (
      [
        { id: channelIds.channel, kind: 'channel', name: 'general', members: new Set(everyone) },
        { id: channelIds.private, kind: 'group', name: 'secret', members: new Set(everyone) },
        { id: channelIds.mpim, kind: 'mpim', name: 'mpdm-anna--ben--openclaw-1', members: new Set(everyone) },
        { id: channelIds.elsewhere, kind: 'channel', name: 'elsewhere', members: new Set(people) },
      ] satisfies Conversation[]
    ).map((conversation) => [conversation.id, conversation]),
  )
  const files = new Map<string, StoredFile>()
  const messages: Message[] = []
  const ours: Message[] = []
  const byTs = new Map<string, Message>()
  let lastMicros = 0

  const workspace: Workspace = {
    users,
    conversations,
    files,
    people,
    messages,
    ours,
    tick() {
      lastMicros = Math.max(lastMicros + 1, Math.floor(now() * 1000))
      const text = String(lastMicros).padStart(7, '0')
      return `${text.slice(0, -6)}.${text.slice(-6)}`
    },
    im(user) {
      const id = `D${user.slice(1)}`
      const known = conversations.get(id)
      if (known) return known
      const opened: Conversation = { id, kind: 'im', name: user, members: new Set([user, self.user]) }
      conversations.set(id, opened)
      return opened
    },
    byTs: (ts) => byTs.get(ts),
    find(channel, ts) {
      const found = byTs.get(ts)
      return found?.channel === channel ? found : undefined
    },
    remove(message) {
      message.deleted = true
      const at = ours.indexOf(message)
      if (at >= 0) ours.splice(at, 1)
    },
    post(given) {
      const parent = given.thread_ts ? workspace.find(given.channel, given.thread_ts) : undefined
      const message: Message = {
        files: [],
        ...given,
        ...(parent?.user ? { parent_user_id: parent.user } : {}),
        ts: workspace.tick(),
        reactions: new Map(),
        edits: 0,
      }
      messages.push(message)
      byTs.set(message.ts, message)
      if (message.bot_id === self.bot && !message.echo) ours.push(message)
      for (const file of message.files) file.shares.push({ channel: message.channel, ts: message.ts })
      return message
    },
    keep(file, owner, title = file.name, id = `F${String(files.size + 1).padStart(10, '0')}`) {
      const stored = { ...file, id, owner, title, shares: [] }
      files.set(stored.id, stored)
      return stored
    },
  }
  return workspace
}
