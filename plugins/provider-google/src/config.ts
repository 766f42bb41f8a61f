import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** Google's Gemini API. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'https://generativelanguage.googleapis.com/v1beta',
      description: 'Address of the endpoint, up to and without `/models`. Changing it drops the stored key.',
    }),
  ),
  ...keySettings('baseUrl'),
  ...modelSettings,
})
