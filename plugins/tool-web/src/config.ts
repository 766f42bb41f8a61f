import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** Where to search, and bounds of what is fetched. */
export const config = closed({
  search: Type.Optional(
    closed(
      {
        provider: Type.Optional(
          Type.Enum(['duckduckgo', 'brave', 'tavily', 'searxng'], {
            default: 'duckduckgo',
            description: 'Who is asked. `duckduckgo` needs no key and refuses many questions at once.',
          }),
        ),
        key: Type.Optional(Secret({ description: 'For `brave` and `tavily`.', boundTo: 'provider' })),
        url: Type.Optional(
          Type.String({
            pattern: '^https?://',
            description: 'Needed for `searxng`: where it runs, with `json` among its `search.formats`.',
          }),
        ),
      },
      { description: 'The service behind `web_search`.' },
    ),
  ),
  maxOutput: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 90_000,
      default: 30_000,
      description: 'Characters of a page that one call shows.',
    }),
  ),
  maxBytes: Type.Optional(
    Type.Integer({
      minimum: 10_000,
      maximum: 50_000_000,
      default: 10_000_000,
      description: 'Larger pages and files are not fetched.',
    }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 1000, maximum: 120_000, default: 30_000, description: 'How long an address may take.' }),
  ),
  allowPrivate: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Hosts that may be fetched though they are not on the public internet: `name` or `name:port`.',
    }),
  ),
})
