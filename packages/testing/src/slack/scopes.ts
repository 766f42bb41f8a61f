import type { ConversationKind } from './workspace.ts'

const historyScope = {
  im: 'im:history',
  mpim: 'mpim:history',
  channel: 'channels:history',
  group: 'groups:history',
} as const satisfies Record<ConversationKind, string>

const readScope = {
  im: 'im:read',
  mpim: 'mpim:read',
  channel: 'channels:read',
  group: 'groups:read',
} as const satisfies Record<ConversationKind, string>

/** What a bot token needs for each method (https://docs.slack.dev/reference/methods); methods that need nothing are absent. */
const methodScopes: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'reactions.add': 'reactions:write',
  'users.info': 'users:read',
  'conversations.open': 'im:write',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.info': 'files:read',
  // Since 2026-03-05: https://docs.slack.dev/changelog/2026/03/05/set-status-scope-update
  'assistant.threads.setStatus': 'chat:write',
  'assistant.threads.setSuggestedPrompts': 'assistant:write',
}

/** What it needs to be given each event (https://docs.slack.dev/reference/events). */
const eventScopes: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  reaction_added: 'reactions:read',
  assistant_thread_started: 'assistant:write',
  assistant_thread_context_changed: 'assistant:write',
}

/** Bot events by the names under which an app subscribes to them. */
export const allSubscriptions: readonly string[] = [
  'message.im',
  'message.mpim',
  'message.channels',
  'message.groups',
  ...Object.keys(eventScopes),
]

/** Every scope that something here needs. */
export const allScopes: readonly string[] = [
  ...new Set([
    ...Object.values(methodScopes),
    ...Object.values(eventScopes),
    ...Object.values(historyScope),
    ...Object.values(readScope),
    'commands',
  ]),
]

/** The scope that a call needs; for conversations it depends on what they are. */
export function scopeOf(method: string, kind: ConversationKind | undefined): string | undefined {
  if (method === 'conversations.history' || method === 'conversations.replies') return historyScope[kind ?? 'channel']
  if (method === 'conversations.info' || method === 'conversations.list') return readScope[kind ?? 'channel']
  return methodScopes[method]
}

const subscriptionNames = {
  im: 'message.im',
  mpim: 'message.mpim',
  channel: 'message.channels',
  group: 'message.groups',
} as const satisfies Record<ConversationKind, string>

/** Whether an app with these scopes and subscriptions is given an event; one that nobody knows here always is. */
export function isGiven(
  type: string,
  kind: ConversationKind | undefined,
  scopes: readonly string[],
  subscriptions: readonly string[],
): boolean {
  const name = type === 'message' && kind ? subscriptionNames[kind] : type
  const scope = type === 'message' && kind ? historyScope[kind] : eventScopes[type]
  return !allSubscriptions.includes(name) || (subscriptions.includes(name) && (!scope || scopes.includes(scope)))
}
