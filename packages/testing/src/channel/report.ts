import type { Channel, Traits } from '@openclaw/sdk'

/** What a channel promises and can do, in words for a table. The suite holds it to each of them. */
export interface ChannelReport {
  readonly id: string
  /** The class of what happens to a message of ours that is cut off in the middle. */
  readonly delivery: Traits['delivery']
  /** Longest text of one message, e.g. `4096 UTF-16 units`. */
  readonly text: string
  readonly markup: Traits['markup']
  /** What else there is, e.g. `threads`, `files up to 50 MB`. */
  readonly has: readonly string[]
}

const units = { utf16: 'UTF-16 units', bytes: 'bytes', codepoints: 'code points' } as const

/** Reads the report off a channel entry. */
export function reportOf({ id, traits }: Pick<Channel, 'id' | 'traits'>): ChannelReport {
  const { maxFileBytes } = traits
  const files = maxFileBytes === undefined ? 'files' : `files up to ${Math.floor(maxFileBytes / 2 ** 20)} MB`
  const all = {
    threads: traits.threads,
    [files]: traits.media,
    'a growing answer': traits.edits,
    buttons: traits.choices,
    'what was said while away': traits.history,
  }
  return {
    id,
    delivery: traits.delivery,
    text: `${traits.maxText} ${units[traits.lengthUnit]}`,
    markup: traits.markup,
    has: Object.entries(all).flatMap(([name, there]) => (there ? [name] : [])),
  }
}
