import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** Bounds of what one call shows. */
export const config = closed({
  maxLines: Type.Optional(
    Type.Integer({ minimum: 10, maximum: 100_000, default: 2000, description: 'Lines that one `read` shows at most.' }),
  ),
  maxOutput: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 1_000_000,
      default: 50_000,
      description: 'Characters that one `read` or `grep` shows at most.',
    }),
  ),
  maxImageBytes: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 50_000_000,
      default: 5_000_000,
      description: 'Larger images are not shown to the model.',
    }),
  ),
  maxSendBytes: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 60_000_000,
      default: 50_000_000,
      description: 'Larger files are not sent to the person.',
    }),
  ),
})
