import type { Extension, Sandboxing } from '@openclaw/sdk'

const ranks = { first: 0, normal: 1, last: 2 } as const

/** What an extension does with sandboxes, in the long form of it. */
export function sandboxingOf(given: NonNullable<Extension['sandbox']>): Sandboxing {
  return typeof given === 'function' ? { open: given } : given
}

/** The plugins that make sandboxes, in the order in which they are asked. */
export function sandboxings(
  extensions: ReadonlyMap<string, { readonly extension: Extension }>,
): readonly { readonly plugin: string; readonly sandboxing: Sandboxing }[] {
  return [...extensions]
    .flatMap(([plugin, { extension }]) =>
      extension.sandbox ? [{ plugin, sandboxing: sandboxingOf(extension.sandbox) }] : [],
    )
    .toSorted((one, other) => ranks[one.sandboxing.order ?? 'normal'] - ranks[other.sandboxing.order ?? 'normal'])
}
