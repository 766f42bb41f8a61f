import { conversation, refuse, text, type Method } from '../method.ts'
import { userShape } from '../shapes.ts'
import { self } from '../workspace.ts'

const authTest: Method = ({ root }) => ({
  url: `${root}/`,
  team: 'Emulated',
  team_id: self.team,
  user: self.name,
  user_id: self.user,
  bot_id: self.bot,
  is_enterprise_install: false,
})

const usersInfo: Method = (call) => {
  const user = call.workspace.users.get(text(call, 'user'))
  return user ? { user: userShape(user) } : refuse('user_not_found')
}

const addReaction: Method = (call) => {
  const place = conversation(call)
  const message = call.workspace.find(place.id, text(call, 'timestamp'))
  if (!message || message.deleted) return refuse('message_not_found')
  const name = text(call, 'name')
  // A name, never the character itself: https://docs.slack.dev/reference/methods/reactions.add
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) return refuse('invalid_name')
  const users = message.reactions.get(name) ?? new Set()
  if (users.has(self.user)) return refuse('already_reacted')
  message.reactions.set(name, users.add(self.user))
  return {}
}

const setStatus: Method = (call) => {
  const place = conversation(call, 'channel_id')
  if (!call.workspace.find(place.id, text(call, 'thread_ts'))) return refuse('invalid_thread_ts')
  return {}
}

export const peopleMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'reactions.add': addReaction,
  'assistant.threads.setStatus': setStatus,
  'assistant.threads.setSuggestedPrompts': setStatus,
}
