import type { Attachment } from '@openclaw/sdk'
import type { Message, MessageOrigin } from 'grammy/types'

/** A file as Telegram describes it, whatever it is. */
interface TelegramFile {
  readonly file_id: string
  readonly file_size?: number
  readonly file_name?: string
  readonly mime_type?: string
}

/** The files of a message by Telegram's own handle, which stays good. Nothing is downloaded. */
export function attachmentsOf(message: Message): Attachment[] {
  const { photo, animation, document, voice, audio, video, video_note } = message
  const largest = photo?.toSorted((one, other) => other.width * other.height - one.width * one.height)[0]
  if (largest) return [attachment(largest, 'image/jpeg')]
  // An animation comes as a document too, for programs that know only those.
  if (animation) return [attachment(animation, 'video/mp4')]
  return [
    ...(document ? [attachment(document, 'application/octet-stream')] : []),
    ...(voice ? [attachment(voice, 'audio/ogg', 'voice.ogg')] : []),
    ...(audio ? [attachment(audio, 'audio/mpeg')] : []),
    ...(video ? [attachment(video, 'video/mp4')] : []),
    ...(video_note ? [attachment(video_note, 'video/mp4', 'video.mp4')] : []),
  ]
}

function attachment(file: TelegramFile, mime: string, name = file.file_name): Attachment {
  return {
    ref: `tg:${file.file_id}`,
    mime: file.mime_type ?? mime,
    ...(name === undefined ? {} : { name }),
    ...(file.file_size === undefined ? {} : { sizeBytes: file.file_size }),
  }
}

/** What a message shows that is neither text nor file, in words; undefined when there is nothing of the kind. */
export function describe(message: Message): string | undefined {
  const { sticker, venue, location, contact, poll, dice, game, story, checklist, paid_media, rich_message } = message
  if (sticker) return `[sticker${sticker.emoji ? ` ${sticker.emoji}` : ''}]`
  if (venue) return `[venue: ${venue.title}, ${venue.address} (${point(venue.location)})]`
  if (location) return `[location: ${point(location)}]`
  if (contact)
    return `[contact: ${[contact.first_name, contact.last_name].filter(Boolean).join(' ')}, ${contact.phone_number}]`
  if (poll) return `[poll: ${poll.question} ${poll.options.map(({ text }) => text).join(' / ')}]`
  if (dice) return `[${dice.emoji} ${dice.value}]`
  if (game) return `[game: ${game.title}]`
  if (story) return '[story]'
  if (checklist) return `[checklist: ${checklist.title} ${checklist.tasks.map(({ text }) => text).join(' / ')}]`
  if (paid_media) return '[paid media]'
  return rich_message ? '[formatted message]' : undefined
}

const point = ({ latitude, longitude }: { latitude: number; longitude: number }) => `${latitude}, ${longitude}`

/** What people call who wrote something first, before it was forwarded or quoted from elsewhere. */
export function originName(origin: MessageOrigin): string {
  switch (origin.type) {
    case 'user':
      return personName(origin.sender_user)
    case 'hidden_user':
      return origin.sender_user_name
    case 'chat':
      return origin.sender_chat.title ?? 'a group'
    case 'channel':
      return origin.chat.title
  }
}

export function personName({ first_name, last_name }: { first_name: string; last_name?: string }): string {
  return [first_name, last_name].filter(Boolean).join(' ')
}
