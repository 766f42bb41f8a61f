import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** One Slack app in one workspace. */
export const account = closed(
  {
    mode: Type.Optional(
      Type.Enum(['socket', 'http'], {
        default: 'socket',
        description: 'How events come: `socket` needs no public address; `http` needs one, and the signing secret.',
      }),
    ),
    botToken: Secret({
      boundTo: 'api',
      description: 'Bot User OAuth Token, `xoxb-…`: OAuth & Permissions, after the app is installed.',
    }),
    appToken: Type.Optional(
      Secret({
        boundTo: 'api',
        when: { mode: 'socket' },
        description:
          'App-level token, `xapp-…`, with `connections:write`: Basic Information → App-Level Tokens. For `socket`.',
      }),
    ),
    signingSecret: Type.Optional(
      Secret({
        when: { mode: 'http' },
        description: 'Signing Secret: Basic Information → App Credentials. For `http`.',
      }),
    ),
    api: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]+/$',
        default: 'https://slack.com/api/',
        description: 'Root of the Web API, with a slash at its end. Changing it drops the stored tokens.',
      }),
    ),
    sockets: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        default: 1,
        description: 'Connections in `socket` mode; never more than this, also while one is renewed.',
      }),
    ),
  },
  {
    description: [
      '1. Open https://api.slack.com/apps?new_app, choose "From a manifest", and paste the manifest of the README of @openclaw/channel-slack.',
      '2. Install App → Install to Workspace; then OAuth & Permissions → copy the Bot User OAuth Token (xoxb-…).',
      '3. Basic Information → App-Level Tokens → Generate, with the scope connections:write → copy it (xapp-…).',
      '4. In Slack, write to the app, or invite it to a channel: /invite @OpenClaw.',
    ].join('\n'),
  },
)
