import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** How notes are searched. */
export const config = closed({
  embeddings: Type.Optional(
    closed(
      {
        url: Type.String({
          pattern: '^https?://',
          description: 'Base address of a service with an OpenAI-compatible `/embeddings`.',
        }),
        model: Type.String({ minLength: 1, description: 'Name of the model there.' }),
        key: Type.Optional(Secret({ description: 'Its key.', boundTo: 'url' })),
      },
      { description: 'Finds notes by meaning too. What the notes say is sent to that service.' },
    ),
  ),
  maxNotes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 5000,
      default: 1000,
      description: 'Dated notes that are searched, the newest ones.',
    }),
  ),
})
