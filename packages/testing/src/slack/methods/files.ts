import { conversation, optional, refuse, text, type Call, type Method } from '../method.ts'
import { fileShape, messageShape } from '../shapes.ts'
import { self, type Workspace } from '../workspace.ts'

/** Files that were announced and not shared yet. */
export interface Uploads {
  readonly methods: Readonly<Record<string, Method>>
  /** Takes the bytes for an announced file; false when there is none of that id or the length is another. */
  take(id: string, bytes: Uint8Array): boolean
}

const mimes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  ogg: 'audio/ogg',
  csv: 'text/csv',
}

/** The external upload: announce, send the bytes, share (https://docs.slack.dev/messaging/working-with-files#upload). */
export function openUploads(workspace: Workspace): Uploads {
  const announced = new Map<string, { readonly name: string; readonly length: number; bytes?: Uint8Array }>()
  let count = 0

  const announce: Method = (call) => {
    const length = Number(text(call, 'length'))
    if (!(length > 0)) return refuse('invalid_arguments')
    const id = `F0UP${String(++count).padStart(7, '0')}`
    announced.set(id, { name: text(call, 'filename'), length })
    return { upload_url: `${call.root}/upload/v1/${id}`, file_id: id }
  }

  const complete: Method = (call) => {
    const named = call.args['files'] as readonly { readonly id: string; readonly title?: string }[]
    const found = named.map(({ id, title }) => ({ id, title, upload: announced.get(id) }))
    if (found.some(({ upload }) => !upload?.bytes)) return refuse('file_not_found')
    const target = optional(call, 'channel_id') === undefined ? undefined : conversation(call, 'channel_id')
    if (target && !target.members.has(self.user)) return refuse('not_in_channel')
    const files = found.map(({ id, title, upload }) => {
      announced.delete(id)
      const mime = mimes[upload!.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return workspace.keep({ name: upload!.name, mime, bytes: upload!.bytes! }, self.user, title, id)
    })
    if (target) share(call, target.id, files)
    return { files: files.map(({ id, title }) => ({ id, title })) }
  }

  function share(call: Call, channel: string, files: ReturnType<Workspace['keep']>[]) {
    const thread = optional(call, 'thread_ts')
    const message = workspace.post({
      channel,
      user: self.user,
      bot_id: self.bot,
      text: optional(call, 'initial_comment') ?? '',
      files,
      ...(thread ? { thread_ts: thread } : {}),
    })
    call.happened({ ...messageShape(message, call.root), subtype: 'file_share', channel })
  }

  const info: Method = (call) => {
    const file = workspace.files.get(text(call, 'file'))
    return file ? { file: fileShape(file, call.root) } : refuse('file_not_found')
  }

  return {
    methods: { 'files.getUploadURLExternal': announce, 'files.completeUploadExternal': complete, 'files.info': info },
    take(id, bytes) {
      const upload = announced.get(id)
      if (!upload || upload.length !== bytes.length) return false
      upload.bytes = bytes
      return true
    },
  }
}
