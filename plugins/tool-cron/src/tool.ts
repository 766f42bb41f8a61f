import { defineTool, defineTools, toFailure } from '@openclaw/sdk'
import Type from 'typebox'
import { config } from './config.ts'
import { jobsOf, say, type Answer } from './say.ts'
import { when } from './when.ts'

const actions = ['add', 'list', 'edit', 'remove', 'run', 'history'] as const

/** Reminders and jobs for the model. */
export default defineTools({
  config,
  setup({ register }) {
    register(
      defineTool({
        name: 'cron',
        description: [
          'Reminders and jobs: at a time you are told `message` and your answer goes to this conversation.',
          'Say when in one way: `in` ("20m"), `at` (ISO 8601), `every` ("6h") or `cron` ("0 9 * * 1-5").',
          '`list` also says what time it is now.',
          'Write `message` so that it can be understood later without this conversation.',
        ].join(' '),
        input: Type.Object(
          {
            action: Type.Enum(actions),
            id: Type.Optional(Type.String({ description: 'Of the job; for all but add and list.' })),
            name: Type.Optional(Type.String({ description: 'Short; for add.' })),
            message: Type.Optional(Type.String({ description: 'What you will be told; for add.' })),
            ...when,
            missed: Type.Optional(
              Type.Enum(['skip', 'once'], { description: 'once: run late when its time was missed. Default skip.' }),
            ),
            isolated: Type.Optional(
              Type.Boolean({ description: 'Run apart from this conversation, without its context.' }),
            ),
            paused: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        // It changes nothing on this machine: it makes the agent speak later, with the role of who asks now.
        effect: 'network',
        effectOf: ({ action }) => (action === 'list' || action === 'history' ? 'read' : 'network'),
        lasts: ({ action }) => action === 'add' || action === 'edit' || action === 'run',
        subject: ({ action, id, name, message }) =>
          `${action} ${id ?? name ?? 'jobs'}${message === undefined ? '' : `: ${message}`}`,
        async run({ action, ...given }, { session, gateway }) {
          const params = action === 'add' ? { ...given, session } : given
          try {
            const answer = (await gateway.call(`cron.${action}`, params)) as Answer
            // Jobs of this conversation hold the words of those who speak here; others may not.
            const own = jobsOf(answer).every((job) => job.session === session)
            return {
              content: [{ type: 'text', text: say(answer) }],
              details: answer,
              ...(own ? { outside: false } : {}),
            }
          } catch (error) {
            const text = `cron: ${toFailure(error).message}`
            return { content: [{ type: 'text', text }], failed: true, outside: false }
          }
        },
      }),
    )
  },
})
