import Type from 'typebox'
import { Failure } from '../errors.ts'
import { Address } from '../values.ts'
import { closed, IdempotencyKey, method, ok } from './table.ts'

const chat = Type.Optional(Address)
const text = Type.String({ minLength: 1, maxLength: 100_000 })
const message = Type.String({ minLength: 1, maxLength: 512, description: "The platform's id of a message." })

/**
 * What a run does in the chat that it answers, beside its answer. `chat` is that one when absent; a run reaches another
 * chat only with a yes of the owner to the very call. Without a run, only the owner may call these, and names the chat.
 */
export const messageMethods = {
  'messages.send': method(
    'write',
    'Send a message to a chat now, or offer things to choose. Answers when the platform has it, or after ten seconds.',
    closed({
      chat,
      message: text,
      replyTo: Type.Optional(message),
      options: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^/\\s]' }), {
          minItems: 2,
          maxItems: 10,
          uniqueItems: true,
          description: 'Listed with numbers, and as buttons where there are any. Who chooses one says it in the chat.',
        }),
      ),
      idempotencyKey: IdempotencyKey,
    }),
    Type.Object({
      delivery: Type.String(),
      state: Type.Enum(['sent', 'queued', 'dead', 'cancelled']),
      messages: Type.Array(Type.String({ description: "The platform's ids, by which it can be edited or deleted." })),
      failure: Type.Optional(Failure),
    }),
  ),
  'messages.react': method(
    'write',
    'React to a message of a chat with an emoji; to the one that the run answers when none is named.',
    closed({ chat, message: Type.Optional(message), emoji: Type.String({ minLength: 1, maxLength: 100 }) }),
    ok,
  ),
  'messages.edit': method(
    'write',
    'Replace the text of a message that `messages.send` sent to the same chat in the last week.',
    closed({ chat, message, text }),
    ok,
  ),
  'messages.delete': method(
    'write',
    'Delete a message that `messages.send` sent to the same chat in the last week.',
    closed({ chat, message }),
    ok,
  ),
}
