import { chatUrl, failure, type Address } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** What the model says it wants; which fields an action needs is checked by {@link need}. */
export const input = Type.Object(
  {
    action: Type.Enum(['send', 'reply', 'react', 'edit', 'delete', 'poll']),
    text: text('What to say: for send, reply, edit and poll.'),
    message: text(
      "Id of a message: for edit and delete one that you sent, for react and reply another than the person's last.",
    ),
    emoji: text('For react.'),
    options: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { description: 'For poll: 2 to 10 things to choose.' }),
    ),
    to: Type.Optional(
      Type.Object(
        {
          channel: Type.String({ minLength: 1 }),
          account: Type.Optional(Type.String({ minLength: 1 })),
          kind: Type.Optional(Type.Enum(['direct', 'group'])),
          id: Type.String({ minLength: 1, description: 'Stable id of the person or group, never a name.' }),
          thread: text('A thread there.'),
        },
        { additionalProperties: false, description: 'Another chat; the owner is asked. Leave it out for this one.' },
      ),
    ),
  },
  { additionalProperties: false },
)
export type Input = Static<typeof input>
export type Action = Input['action']

/** The chat that is named; undefined for the one that the run answers. */
export function chatOf({ to }: Input): Address | undefined {
  if (!to) return undefined
  const { channel, account = 'default', kind = 'direct', id, thread } = to
  return { channel, account, peer: { kind, id, ...(thread ? { thread } : {}) } }
}

/** Where the call writes to when that is another chat. */
export function reaches(wanted: Input): string | undefined {
  const chat = chatOf(wanted)
  return chat && chatUrl(chat)
}

/** One line for the owner, who is asked before another chat is written to: the chat first, then every word. */
export function subject(wanted: Input): string {
  const { action, text = '', message, emoji, options = [] } = wanted
  const what = [message && `message ${message}`, emoji, text, ...options.map((option, at) => `${at + 1}. ${option}`)]
  return `${reaches(wanted) ?? 'this chat'}: ${action} ${what.filter(Boolean).join(' ')}`.trimEnd()
}

/** A field that the action needs; throws `invalid_params` naming both. */
export function need<K extends keyof Input>(wanted: Input, field: K): NonNullable<Input[K]> {
  const value = wanted[field]
  if (value === undefined) throw failure('invalid_params', `message: ${wanted.action} needs ${field}`)
  return value
}
