import { closed, Secret, type Account } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'

/** `channels.discord.accounts.<name>` */
export const account = closed(
  {
    token: Secret({
      boundTo: 'api',
      description:
        "The bot's token: https://discord.com/developers/applications → your application → Bot → Reset Token.",
    }),
    api: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]+[^\\s?#/]$',
        default: 'https://discord.com/api',
        description: "Base address of Discord's API, without the version; for a proxy or a test.",
      }),
    ),
  },
  {
    description:
      '1. Open https://discord.com/developers/applications and click "New Application".\n' +
      '2. Under "Bot", click "Reset Token" and copy the token: it is shown once.\n' +
      '3. On the same page, under "Privileged Gateway Intents", switch on "Message Content Intent" and save.\n' +
      '4. Under "Installation", choose "Guild Install" with the scopes `bot` and `applications.commands` and the permissions View Channels, Send Messages, Send Messages in Threads, Read Message History, Attach Files and Add Reactions.\n' +
      '5. Open the install link shown there and add the bot to your server.\n' +
      '6. Give the token here, then write to the bot directly: it answers with a pairing code.',
  },
)

/** An account of this channel, as `connect` gets it. */
export type DiscordAccount = Account<Static<typeof account>>
