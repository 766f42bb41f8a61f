import type { LedgerRecord, Outbound } from '@openclaw/protocol'
import type { PluggedChannel } from '../plugins/host.ts'
import { cut } from './cut.ts'
import { chunkKey } from './late.ts'

/** An outbound as its channel can carry it: choices in words where there are no buttons, files by name where there are none. */
export function fitToChannel(message: Outbound, { traits }: Pick<PluggedChannel, 'traits'>): Outbound {
  const { attachments = [], choices = [], ...rest } = message
  const carried = attachments.filter(
    ({ sizeBytes = 0 }) => traits.media === true && sizeBytes <= (traits.maxFileBytes ?? Infinity),
  )
  const words = choices.flatMap(({ label, words: typed }) => (typed ? [`${label}: ${typed}`] : []))
  const notes = [
    ...attachments
      .filter((file) => !carried.includes(file))
      .map(({ name, mime }) => `(A file could not be sent here: ${name ?? mime})`),
    ...(traits.choices === true ? [] : words),
  ]
  return {
    ...rest,
    text: [message.text, ...notes].filter(Boolean).join('\n\n'),
    ...(carried.length > 0 ? { attachments: carried } : {}),
    ...(choices.length > 0 && traits.choices === true ? { choices } : {}),
  }
}

/** A text as its channel writes it, in pieces within the limit; plain text is cut where it brings no renderer. */
export async function render(text: string, { render: own, traits }: PluggedChannel): Promise<readonly string[]> {
  return own ? await own(text) : cut(text, traits)
}

/**
 * The chunks of an outbound, in order. The reply mark stands at the first, files and choices at the last; a message that
 * takes the place of a preview can carry no files, so they follow it.
 */
export async function chunksOf(
  owed: LedgerRecord<'outbound'>,
  message: Outbound,
  channel: PluggedChannel,
): Promise<readonly Outbound[]> {
  const { attachments, choices, replyTo, text, idempotencyKey, peer } = message
  const pieces = text ? [...(await render(text, channel))] : []
  if (pieces.length === 0 || (owed.preview !== undefined && attachments)) pieces.push('')
  return pieces.map((piece, chunk) => {
    const last = chunk === pieces.length - 1
    return {
      peer,
      text: piece,
      idempotencyKey: chunkKey(idempotencyKey, chunk),
      ...(chunk === 0 && replyTo ? { replyTo } : {}),
      ...(last && attachments ? { attachments } : {}),
      ...(last && choices ? { choices } : {}),
    }
  })
}
