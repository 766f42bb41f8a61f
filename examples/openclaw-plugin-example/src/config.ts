import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** `plugins.example.config` */
export const config = closed({
  sides: Type.Optional(Type.Integer({ minimum: 2, maximum: 1000, default: 6, description: 'Sides of a die.' })),
})

/** `channels.example.accounts.<name>` */
export const account = closed({
  secret: Secret({ description: 'Whoever posts messages to us shows it in the header `x-example-secret`.' }),
  replyTo: Type.String({ pattern: '^https?://', description: 'Answers are posted to this address.' }),
})
