import { mediaFields, mimeOf, type StoredFile } from '../files.ts'
import { refuse } from '../refusal.ts'
import type { Params } from '../request.ts'
import { place, readCaption } from './compose.ts'
import type { Methods, Platform } from './method.ts'

/** Limits for bots (https://core.telegram.org/bots/api#sending-files, #getfile). */
const maxPhotoBytes = 10 * 1024 * 1024
const maxFileBytes = 50 * 1024 * 1024
const maxDownloadBytes = 20 * 1024 * 1024

/** https://core.telegram.org/bots/api#inputmedia */
interface AlbumItem {
  readonly type: string
  readonly media: string
  readonly caption?: string
}

/** Files in both directions. */
export function mediaMethods({ world }: Platform): Methods {
  let albums = 13_000_000_000_000_000

  /** The file of a call, new or known, and the field that it becomes. */
  function take(params: Params, field: string): Readonly<{ fields: Record<string, unknown>; stored: StoredFile }> {
    const known = world.files.find(params.text(field))
    const upload = params.upload(field)
    if (!known && !upload) throw refuse(400, `Bad Request: there is no ${field} in the request`)
    const file = known ?? { name: upload!.name, mime: mimeOf(upload!.name), bytes: upload!.bytes }
    if (file.bytes.length === 0) throw refuse(400, 'Bad Request: file must be non-empty')
    if (file.bytes.length > (field === 'photo' ? maxPhotoBytes : maxFileBytes))
      throw refuse(413, 'Request Entity Too Large')
    if (field === 'photo' && !/^image\/(jpeg|png|webp)$/.test(file.mime))
      throw refuse(400, 'Bad Request: IMAGE_PROCESS_FAILED')
    if (field === 'photo') {
      const { value, stored } = mediaFields(world.files, file)
      return { fields: { photo: value }, stored }
    }
    const stored = world.files.keep(file)
    const { file_id, file_unique_id, file_size, name: file_name, mime: mime_type } = stored
    return { fields: { [field]: { file_id, file_unique_id, file_size, file_name, mime_type } }, stored }
  }

  const send = (field: string) => (params: Params) => {
    const { room, fields, extra } = place(world, params)
    const caption = readCaption(params)
    const { fields: media, stored } = take(params, field)
    const more = { ...extra, raw: params.text('caption') ?? '', files: [stored] }
    return world.answer(room, { ...fields, ...caption, ...media }, more).message
  }

  return {
    sendPhoto: send('photo'),
    sendDocument: send('document'),
    sendVoice: send('voice'),
    sendAudio: send('audio'),
    sendVideo: send('video'),
    sendAnimation: send('animation'),
    sendMediaGroup(params) {
      const { room, fields, extra } = place(world, params)
      const items = params.json<AlbumItem[]>('media') ?? []
      if (items.length < 2 || items.length > 10)
        throw refuse(400, 'Bad Request: there must be 2-10 items in the media group')
      const media_group_id = String(++albums)
      const taken = items.map((item) => {
        const one = params.with({ ...item, [item.type]: item.media })
        return { raw: item.caption ?? '', caption: readCaption(one), ...take(one, item.type) }
      })
      return taken.map(({ raw, caption, fields: media, stored }) => {
        const content = { ...fields, ...caption, ...media, media_group_id }
        return world.answer(room, content, { ...extra, raw, files: [stored] }).message
      })
    },
    getFile(params) {
      const stored = world.files.find(params.text('file_id'))
      if (!stored) throw refuse(400, 'Bad Request: wrong file_id or the file is temporarily unavailable')
      if (stored.file_size > maxDownloadBytes) throw refuse(400, 'Bad Request: file is too big')
      const { file_id, file_unique_id, file_size, file_path } = stored
      return { file_id, file_unique_id, file_size, file_path }
    },
  }
}
