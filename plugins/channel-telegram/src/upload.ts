import type { Attachment } from '@openclaw/sdk'
import { InputFile, type Api } from 'grammy/web'
import type { Message } from 'grammy/types'
import type { Stop } from './bot.ts'
import { isNoPhoto } from './failure.ts'

/** The most that a bot may send as a file, and as a picture (https://core.telegram.org/bots/api#sending-files). */
export const maxFileBytes = 50 * 1024 * 1024
const maxPhotoBytes = 10 * 1024 * 1024

type Kind = 'photo' | 'voice' | 'document'

/** What goes with a file: caption, reply, buttons, topic. */
export type Beside = NonNullable<Parameters<Api['sendDocument']>[2]>

/** How a file is shown: pictures and voice notes as such, everything else to be downloaded. */
function kindOf({ mime, sizeBytes = 0 }: Attachment): Kind {
  if (/^image\/(jpeg|png|webp)$/.test(mime) && sizeBytes <= maxPhotoBytes) return 'photo'
  return mime === 'audio/ogg' ? 'voice' : 'document'
}

/** Sends a stored file; `open` streams it. A picture that Telegram cannot show goes as a document. Throws what grammY throws. */
export async function sendFile(
  api: Api,
  chat: string,
  attachment: Attachment,
  how: { open(): Promise<ReadableStream<Uint8Array>>; readonly beside: Beside; readonly stop: Stop },
): Promise<Message> {
  const { open, beside, stop } = how
  const sendAs = async (kind: Kind): Promise<Message> => {
    const file = new InputFile(await open(), fileName(attachment))
    if (kind === 'photo') return api.sendPhoto(chat, file, beside, stop)
    if (kind === 'voice') return api.sendVoice(chat, file, beside, stop)
    return api.sendDocument(chat, file, beside, stop)
  }
  const kind = kindOf(attachment)
  try {
    return await sendAs(kind)
  } catch (thrown) {
    if (kind === 'photo' && isNoPhoto(thrown)) return sendAs('document')
    throw thrown
  }
}

/** A name that can stand in the head of a part, where grammY writes it as it is. */
function fileName({ name, mime }: Attachment): string {
  const ending = mime.split('/').at(-1)?.replaceAll(/\W/g, '')
  return (
    [...(name ?? '')].map((sign) => (sign < ' ' || '";\\/'.includes(sign) ? '_' : sign)).join('') || `file.${ending}`
  )
}
