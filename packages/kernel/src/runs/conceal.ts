import type { Content, Failure, LineBody } from '@openclaw/protocol'

type Mask = (text: string) => string
/** A line as the agent hands it over. */
type Handed = { readonly kind: string; readonly body: unknown }

/** What a tool said without the secrets that this gateway knows: whoever reads it later, a model too, gets `***`. */
export function concealContent(content: readonly Content[], mask: Mask): Content[] {
  return content.map((part) => (part.type === 'text' ? { ...part, text: mask(part.text) } : part))
}

/** The same of what tools leave in the journal. */
export function concealLines<L extends Handed>(lines: readonly L[], mask: Mask): L[] {
  return lines.map((line) => {
    if (line.kind !== 'tool') return line
    const body = line.body as LineBody<'tool'>
    const details =
      body.details === undefined ? {} : { details: JSON.parse(mask(JSON.stringify(body.details))) as unknown }
    return { ...line, body: { ...body, ...details, content: concealContent(body.content, mask) } }
  })
}

/** What a provider or a platform said went wrong: some repeat what they were given. */
export function concealFailure(failure: Failure, mask: Mask): Failure {
  return { ...failure, message: mask(failure.message) }
}
