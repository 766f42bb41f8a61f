import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** An Ollama on this machine or another. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'http://127.0.0.1:11434',
      description: 'Address of the server, without `/api`. Changing it drops the stored key.',
    }),
  ),
  contextTokens: Type.Optional(
    Type.Integer({
      minimum: 2048,
      default: 16_384,
      description:
        'Window to ask for, as far as the model has it and its Modelfile sets none. A larger one needs more memory.',
    }),
  ),
  ...keySettings('baseUrl'),
  ...modelSettings,
})
