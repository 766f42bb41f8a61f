import type { Message, MessageEntity, User } from 'grammy/types'

/** A text, and to whom it is. */
export interface Addressed {
  /** Without our name at its beginning or end. */
  readonly text: string
  /** `another`: a command that names another bot. */
  readonly to: 'us' | 'another' | 'anyone'
}

/** Who we are to those who write. */
export interface Us {
  readonly me: Pick<User, 'id' | 'username'>
  /** Names of our commands. */
  readonly commands: ReadonlySet<string>
}

/**
 * Finds to whom a text is by what Telegram itself marked in it: `@us`, our name where somebody picked it, a
 * command of ours, `/anything@us`. A command for another bot is not, whatever follows it.
 */
export function readAddress(
  message: Pick<Message, 'text' | 'caption' | 'entities' | 'caption_entities'>,
  us: Us,
): Addressed {
  const text = message.text ?? message.caption ?? ''
  const entities = message.entities ?? message.caption_entities ?? []
  const command = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0)
  if (command) {
    const [name = '', bot] = text.slice(0, command.length).split('@')
    if (bot !== undefined)
      return isUs(bot, us) ? { text: name + text.slice(command.length), to: 'us' } : { text, to: 'another' }
    if (us.commands.has(name.slice(1).toLowerCase())) return { text, to: 'us' }
  }
  const names = entities.filter((entity) => namesUs(entity, text, us))
  // Who calls our name and says no more than that says our name.
  return names.length > 0 ? { text: names.reduceRight(takeOut, text) || text, to: 'us' } : { text, to: 'anyone' }
}

const isUs = (name: string, { me }: Us) => name.toLowerCase() === me.username?.toLowerCase()

function namesUs(entity: MessageEntity, text: string, us: Us): boolean {
  if (entity.type === 'text_mention') return entity.user.id === us.me.id
  return entity.type === 'mention' && isUs(text.slice(entity.offset + 1, entity.offset + entity.length), us)
}

/** In the middle of a sentence our name is one of its words. */
function takeOut(text: string, { offset, length }: MessageEntity): string {
  const [before, after] = [text.slice(0, offset), text.slice(offset + length)]
  if (before.trim() === '') return after.replace(/^[\s,:]+/, '')
  return after.trim() === '' ? before.trimEnd() : text
}
