import { defineTool, failure, type ToolCall, type ToolResult } from '@openclaw/sdk'
import { chatOf, input, need, reaches, subject, type Action, type Input } from './input.ts'

/** What the gateway answers to `messages.send`. */
interface Arrival {
  readonly state: 'sent' | 'queued' | 'dead' | 'cancelled'
  readonly messages: readonly string[]
  readonly failure?: { readonly message: string }
}

/** Says and does things in the chat beside the answer, or in another chat when the owner says yes. */
export const message = defineTool({
  name: 'message',
  description:
    'Do something in this chat besides answering: send a message at once, reply to a message, react to one, offer choices (poll), edit or delete what you sent. Your answer itself needs no call. Only with `to` it goes to another chat, and the owner is asked.',
  input,
  effect: 'network',
  subject,
  reaches,
  run: (wanted, call) => deeds[wanted.action](wanted, call),
})

const deeds: Readonly<Record<Action, (wanted: Input, call: ToolCall) => Promise<ToolResult>>> = {
  send: (wanted, call) => send(wanted, call, {}),
  reply: (wanted, call) => send(wanted, call, { replyTo: need(wanted, 'message') }),
  poll: (wanted, call) => send(wanted, call, { options: need(wanted, 'options') }),
  async react(wanted, call) {
    const { message: id } = wanted
    await change('messages.react', wanted, call, { emoji: need(wanted, 'emoji'), ...(id ? { message: id } : {}) })
    return say('The reaction is there.')
  },
  async edit(wanted, call) {
    await change('messages.edit', wanted, call, { message: need(wanted, 'message'), text: need(wanted, 'text') })
    return say('The message was changed.')
  },
  async delete(wanted, call) {
    await change('messages.delete', wanted, call, { message: need(wanted, 'message') })
    return say('The message was deleted.')
  },
}

const place = (wanted: Input) => {
  const chat = chatOf(wanted)
  return chat ? { chat } : {}
}

function change(method: string, wanted: Input, { gateway }: ToolCall, params: object): Promise<unknown> {
  return gateway.call(method, { ...place(wanted), ...params })
}

async function send(wanted: Input, call: ToolCall, more: { replyTo?: string; options?: readonly string[] }) {
  const params = {
    ...place(wanted),
    ...more,
    message: need(wanted, 'text'),
    // A call has one id for ever: made again after a crash, it sends nothing twice.
    idempotencyKey: `${call.run}/${call.id}`,
  }
  const { state, messages, failure: why } = (await call.gateway.call('messages.send', params)) as Arrival
  if (state === 'dead' || state === 'cancelled')
    throw failure('unavailable', `the message was not sent: ${why?.message ?? 'the gateway does not let it out'}`)
  if (state === 'queued') return say('The chat has it not yet; it is kept and sent as soon as the chat is reached.')
  return say(messages.length > 0 ? `Sent. Its id: ${messages.join(', ')}` : 'Sent.')
}

function say(text: string): ToolResult {
  return { content: [{ type: 'text', text }], outside: false }
}
