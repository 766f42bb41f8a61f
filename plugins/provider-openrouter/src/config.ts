import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** OpenRouter, or a router that speaks its shape. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'https://openrouter.ai/api/v1',
      description: 'Address of the endpoint, up to and without `/chat/completions`. Changing it drops the stored key.',
    }),
  ),
  ...keySettings('baseUrl'),
  ...modelSettings,
})
