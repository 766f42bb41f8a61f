import { self, type Conversation, type Message, type StoredFile, type User } from './workspace.ts'

/** A file as Slack describes it (https://docs.slack.dev/reference/objects/file-object). */
export function fileShape(file: StoredFile, root: string) {
  const url = `${root}/files-pri/${self.team}-${file.id}/${encodeURIComponent(file.name)}`
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    mimetype: file.mime,
    filetype: file.name.split('.').at(-1) ?? 'binary',
    size: file.bytes.length,
    mode: 'hosted',
    user: file.owner,
    is_external: false,
    url_private: url,
    url_private_download: `${url}?download=1`,
    shares: {
      private: Object.fromEntries(
        file.shares.map(({ channel }) => [
          channel,
          file.shares.filter((share) => share.channel === channel).map(({ ts }) => ({ ts })),
        ]),
      ),
    },
  }
}

/** A message as methods and events show it (https://docs.slack.dev/reference/events/message). What is undefined is left out of JSON. */
export function messageShape(message: Message, root: string, withMetadata = true) {
  const { ts, user, bot_id, subtype, thread_ts, parent_user_id, text, blocks, edited, metadata } = message
  const { files, reactions } = message
  return {
    type: 'message',
    team: self.team,
    subtype,
    user,
    bot_id,
    app_id: bot_id && self.app,
    ts,
    thread_ts,
    parent_user_id,
    text,
    blocks,
    edited,
    metadata: withMetadata ? metadata : undefined,
    files: files.length > 0 ? files.map((file) => fileShape(file, root)) : undefined,
    reactions:
      reactions.size > 0
        ? [...reactions].map(([name, users]) => ({ name, users: [...users], count: users.size }))
        : undefined,
  }
}

/** A conversation as `conversations.info` shows it (https://docs.slack.dev/reference/objects/conversation-object). */
export function conversationShape({ id, kind, name, members, archived = false }: Conversation) {
  if (kind === 'im') return { id, is_im: true, user: name, is_archived: archived }
  return {
    id,
    name,
    is_channel: kind === 'channel',
    is_group: kind === 'group',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'channel',
    is_member: members.has(self.user),
    is_archived: archived,
  }
}

/** A person as `users.info` shows them. */
export function userShape({ id, name, realName, bot = false }: User) {
  return {
    id,
    team_id: self.team,
    name,
    real_name: realName,
    is_bot: bot,
    deleted: false,
    profile: { real_name: realName, display_name: name },
  }
}
