import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** `channels.telegram.accounts.<name>` */
export const account = closed(
  {
    token: Secret({
      boundTo: 'apiRoot',
      description: 'The token of your bot. Create one with @BotFather: https://t.me/BotFather',
    }),
    mode: Type.Optional(
      Type.Enum(['polling', 'webhook'], {
        default: 'polling',
        description: 'How messages come: we ask Telegram for them, which works everywhere, or Telegram calls us.',
      }),
    ),
    webhookUrl: Type.Optional(
      Type.String({
        when: { mode: 'webhook' },
        pattern: '^https?://[^\\s?#]+$',
        description:
          'For `webhook`: the public https address that leads to `/webhooks/telegram/<account>` of this gateway. Without a path, that one is added.',
      }),
    ),
    webhookSecret: Type.Optional(
      Secret({
        when: { mode: 'webhook' },
        description:
          'For `webhook`: a long random text of letters, digits, `_` and `-`, which Telegram shows with every call. A webhook without a secret does not exist.',
      }),
    ),
    apiRoot: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]*[^\\s?#/]$',
        default: 'https://api.telegram.org',
        description: 'Address of the Bot API, for a server of your own. Changing it drops the stored token.',
      }),
    ),
  },
  {
    description: [
      '1. Open https://t.me/BotFather in Telegram and send /newbot; choose a name and a username.',
      '2. Copy the token that it answers with, e.g. 123456789:AAH…, and give it here.',
      '3. For groups: send /setprivacy to @BotFather, choose your bot, then Disable, and add the bot to the group.',
      '4. Write to your bot, and approve yourself with the code that it answers.',
    ].join('\n'),
  },
)
