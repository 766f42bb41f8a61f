import type { Params } from '../request.ts'
import type { Updates } from '../updates.ts'
import type { Webhook } from '../webhook.ts'
import type { World } from '../world.ts'
import type { Clicks } from './clicks.ts'

/** One method of the Bot API. Throws a refusal; `gone` aborts when the caller hung up. */
export type Method = (params: Params, gone: AbortSignal) => unknown

export type Methods = Readonly<Record<string, Method>>

/** What the methods work on. */
export interface Platform {
  readonly world: World
  readonly updates: Updates
  readonly webhook: Webhook
  readonly clicks: Clicks
  /** Commands by their scope's type, as `setMyCommands` set them. */
  readonly menus: Map<string, readonly { readonly command: string; readonly description: string }[]>
  typing(): void
}
