import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'

const reports = 'The result comes to this session as a message as soon as it is there; do not wait or ask for it.'
const say = (text: string) => ({ content: [{ type: 'text' as const, text }], outside: false })

/** Gives a task to a new sub-agent. */
export const spawn = defineTool({
  name: 'sessions_spawn',
  description: `Give a task to a sub-agent, which works beside you with your tools and knows only what you tell it. ${reports}`,
  input: Type.Object(
    {
      task: Type.String({ minLength: 1, maxLength: 100_000, description: 'All that it needs to know.' }),
      label: Type.Optional(Type.String({ maxLength: 100, description: 'A short name for the task.' })),
      agent: Type.Optional(Type.String({ description: 'Another agent that shall do it, by id.' })),
      model: Type.Optional(Type.String({ description: '`provider/model`; the model of the agent when absent.' })),
    },
    { additionalProperties: false },
  ),
  effect: 'network',
  subject: ({ task, label }) => label ?? task,
  async run({ task, label, agent, model }, { gateway, run, id }) {
    const { session } = (await gateway.call('sessions.spawn', {
      message: task,
      ...(label ? { label } : {}),
      ...(agent ? { agent } : {}),
      ...(model ? { model } : {}),
      idempotencyKey: `${run}/${id}`,
    })) as { session: string }
    return say(`At work: ${session}\n${reports}`)
  },
})

/** Says something to a sub-agent that is there. */
export const send = defineTool({
  name: 'sessions_send',
  description: `Say something to one of your sub-agents: more about its task, or another one. ${reports}`,
  input: Type.Object(
    { session: Type.String({ minLength: 1 }), message: Type.String({ minLength: 1, maxLength: 100_000 }) },
    { additionalProperties: false },
  ),
  effect: 'network',
  subject: ({ session, message }) => `${session}: ${message}`,
  async run({ session, message }, { gateway, run, id }) {
    await gateway.call('sessions.send', { session, message, idempotencyKey: `${run}/${id}` })
    return say(`Said. ${reports}`)
  },
})
