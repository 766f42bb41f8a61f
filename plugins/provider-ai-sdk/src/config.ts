import { closed, keySettings, modelSettings } from '@openclaw/sdk'
import Type from 'typebox'

/** One provider package of the AI SDK, and the models to offer from it: such a package has no list. */
export const config = closed({
  package: Type.Optional(
    Type.String({
      pattern: '^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$',
      description: 'Name of the package, e.g. `@ai-sdk/mistral`. Install it first; see below.',
    }),
  ),
  factory: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z_$][\\w$]*$',
      description: 'The export that makes the provider, e.g. `createMistral`; found by its name when absent.',
    }),
  ),
  options: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'What the export is called with, e.g. `{ baseURL: "…" }`. Not for keys: it is not secret.',
    }),
  ),
  ...keySettings('package'),
  ...modelSettings,
})
