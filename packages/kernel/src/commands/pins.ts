import { toFailure } from '@openclaw/protocol'
import type { Answer, Invocation } from './command.ts'

/** Notes that stay in the context word for word, whatever is summarised. */
const mostPins = 50
const longest = 2000

export async function pin({ argument, from: { session }, parts }: Invocation): Promise<Answer> {
  const pins = await pinned(session, parts)
  if (argument === '')
    return { reply: pins.length > 0 ? numbered(pins) : 'Nothing is pinned here. Pin a note with `/pin NOTE`.' }
  if (argument.length > longest) return { reply: `A pinned note has at most ${longest} characters.` }
  if (pins.length >= mostPins)
    return { reply: `${mostPins} notes are pinned here; take one back with \`/unpin NUMBER\` first.` }
  await parts.call('sessions.patch', { session, pins: [...pins, argument] })
  return { reply: `Pinned as number ${pins.length + 1}. It stays word for word until \`/unpin ${pins.length + 1}\`.` }
}

export async function unpin({ argument, from: { session }, parts }: Invocation): Promise<Answer> {
  const pins = await pinned(session, parts)
  if (pins.length === 0) return { reply: 'Nothing is pinned here.' }
  const number = Number(argument)
  if (!Number.isInteger(number) || number < 1 || number > pins.length)
    return { reply: `Which one? \`/unpin NUMBER\`:\n${numbered(pins)}` }
  const left = pins.toSpliced(number - 1, 1)
  await parts.call('sessions.patch', { session, pins: left.length > 0 ? left : null })
  return { reply: `Taken back: ${pins[number - 1]}` }
}

const numbered = (pins: readonly string[]) => pins.map((note, at) => `${at + 1}. ${note}`).join('\n')

/** A session in which nothing was said yet has no pins either. */
async function pinned(session: string, parts: Invocation['parts']): Promise<readonly string[]> {
  try {
    const { settings } = await parts.call('sessions.get', { session })
    return settings.pins ?? []
  } catch (error) {
    if (toFailure(error).code !== 'not_found') throw error
    return []
  }
}
