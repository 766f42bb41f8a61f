import { refuse } from '../refusal.ts'
import type { Methods, Platform } from './method.ts'

/** What bots may react with (https://core.telegram.org/bots/api#reactiontypeemoji). */
const emoji = new Set(
  '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'.split(
    ' ',
  ),
)

/** https://core.telegram.org/bots/api#setmessagereaction */
export function reactionMethods({ world }: Platform): Methods {
  return {
    setMessageReaction(params) {
      const room = world.target(params.integer('chat_id'))
      const post = world.find(params.integer('message_id'), room.chat.id)
      if (!post) throw refuse(400, 'Bad Request: message to react not found')
      const wanted = params.json<{ type: string; emoji?: string }[]>('reaction') ?? []
      if (wanted.length > 1) throw refuse(400, 'Bad Request: REACTIONS_TOO_MANY')
      if (wanted.some(({ emoji: sign = '' }) => !emoji.has(sign))) throw refuse(400, 'Bad Request: REACTION_INVALID')
      post.reaction = wanted[0]?.emoji
      return true
    },
  }
}
