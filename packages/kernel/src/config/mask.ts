/** Shorter values stand in ordinary text too often. */
const shortest = 6
/** Values that are kept at most; the oldest are forgotten first. */
const most = 2000

/** A token of ours: nobody has to know it to see what it is. */
const ourToken = /\boc\.[\w-]+\.[\w-]{43}(?![\w-])/g

/** Replaces secrets by value, wherever they turn up. */
export interface Mask {
  know(value: string): void
  /** Every known value reads `***`, also as base64 at any offset, percent-encoded, in hex, or inside of a JSON text. */
  mask(text: string): string
}

/** A mask that knows nothing yet. */
export function openMask(): Mask {
  const known = new Set<string>()
  let pattern: RegExp | undefined
  return {
    know(value) {
      const trimmed = value.trim()
      if (trimmed.length < shortest || known.has(trimmed)) return
      known.add(trimmed)
      for (const oldest of known) {
        if (known.size <= most) break
        known.delete(oldest)
      }
      pattern = undefined
    },
    mask(text) {
      const shown = text.replaceAll(ourToken, '***')
      if (known.size === 0) return shown
      pattern ??= new RegExp(
        [...known]
          .flatMap(formsOf)
          .toSorted((one, other) => other.length - one.length)
          .map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
          .join('|'),
        'g',
      )
      return shown.replaceAll(pattern, '***')
    },
  }
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const forms = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    bytes.toString('hex'),
  ])
  // Base64 writes three bytes as four letters: what a secret looks like depends on how many bytes stand before it.
  for (const before of [0, 1, 2]) {
    const letters = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first and last letters share bits with what stands beside the secret.
    const core = letters.slice(Math.ceil((before * 4) / 3), (before + bytes.length) % 3 === 0 ? undefined : -1)
    if (core.length < shortest) continue
    forms.add(core)
    forms.add(core.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [...forms]
}
