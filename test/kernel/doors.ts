import { closed, defineChannel, failure, Secret } from '@openclaw/sdk'
import Type from 'typebox'

const account = closed(
  {
    mode: Type.Enum(['polling', 'webhook'], { default: 'polling', description: 'How messages come.' }),
    host: Type.Optional(Type.String({ default: 'one.example', description: 'Another host drops the token.' })),
    token: Secret({ boundTo: 'host', description: 'What the platform gave.' }),
    signing: Type.Optional(Secret({ description: 'For webhooks.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { description: '1. Open the door.\n2. Copy its token.' },
)

/** A platform that lets in whoever shows a token it gave, answers a probe as it is told, and counts who came. */
export function doors(given: readonly string[]) {
  const seen: { token: string; mode: string; host: string | undefined }[] = []
  const tokens = new Set(given)
  let live = 0
  let probing: (signal: AbortSignal) => Promise<string> = async () => '@door'
  let connecting: Promise<void> = Promise.resolve()
  const channel = defineChannel({
    id: 'doors',
    account,
    traits: { maxText: 100, lengthUnit: 'utf16', markup: 'plain', delivery: 'at-least-once' },
    async connect({ id, config }) {
      seen.push({ token: config.token, mode: config.mode, host: config.host })
      await connecting
      if (!tokens.has(config.token))
        throw failure('unauthorized', `doors/${id}: https://one.example/${config.token} was refused; copy it again`)
      live++
      return {
        send: async ({ idempotencyKey }) => ({ messages: [idempotencyKey] }),
        probe: (signal) => probing(signal),
        async [Symbol.asyncDispose]() {
          live--
        },
      }
    },
  })
  return {
    plugin: {
      package: {
        name: '@openclaw/channel-doors',
        version: '0.0.0',
        openclaw: { id: 'doors', label: 'Doors', api: 1, hooks: { channel: './channel' }, config: './config' },
      },
      load: { channel: async () => ({ default: channel }), config: async () => ({ account }) },
    },
    /** What was shown at each attempt to connect. */
    seen,
    tokens,
    get live() {
      return live
    },
    answerProbes(next: typeof probing) {
      probing = next
    },
    /** From now on nobody gets in before the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      connecting = promise
      return resolve
    },
  }
}
