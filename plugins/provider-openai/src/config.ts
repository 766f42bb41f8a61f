import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** One endpoint that speaks the OpenAI chat shape. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'https://api.openai.com/v1',
      description: 'Address of the endpoint, up to and without `/chat/completions`. Changing it drops the stored key.',
    }),
  ),
  key: Type.Optional(Secret({ boundTo: 'baseUrl', description: 'Key of the account; local servers need none.' })),
  keyHeader: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9-]{1,60}$',
      description:
        'Header that carries the key alone, e.g. `api-key`; without it the key goes as `Authorization: Bearer`.',
    }),
  ),
  headers: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Further headers of every request. Not for keys: they are not secret.',
    }),
  ),
  models: Type.Optional(
    Type.Array(
      closed({
        id: Type.String({ minLength: 1 }),
        contextTokens: Type.Optional(Type.Integer({ minimum: 1 })),
        outputTokens: Type.Optional(Type.Integer({ minimum: 1 })),
        images: Type.Optional(Type.Boolean()),
        thinking: Type.Optional(Type.Boolean()),
      }),
      { description: 'Models to offer, in place of those that the endpoint lists.' },
    ),
  ),
  replayThinking: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Give earlier reasoning back with the conversation: DeepSeek and Kimi want it, others refuse it.',
    }),
  ),
})
