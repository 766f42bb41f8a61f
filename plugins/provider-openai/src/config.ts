import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** One endpoint that speaks an OpenAI shape. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'https://api.openai.com/v1',
      description: 'Address of the endpoint, up to and without `/chat/completions`. Changing it drops the stored key.',
    }),
  ),
  api: Type.Optional(
    Type.Enum(['responses', 'chat'], {
      description:
        'Shape of requests: `/responses` keeps thinking across tool calls. `responses` for OpenAI itself, else `chat`.',
    }),
  ),
  ...keySettings('baseUrl'),
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
  ...modelSettings,
  replayThinking: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Give earlier reasoning back with the conversation: DeepSeek and Kimi want it, others refuse it.',
    }),
  ),
})
