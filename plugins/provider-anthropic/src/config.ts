import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** Anthropic's own service, or one that speaks its Messages shape. */
export const config = closed({
  baseUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      default: 'https://api.anthropic.com/v1',
      description: 'Address of the endpoint, up to and without `/messages`. Changing it drops the stored key.',
    }),
  ),
  ...keySettings('baseUrl'),
  ...modelSettings,
})
