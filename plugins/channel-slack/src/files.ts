import { download } from '@openclaw/channel-kit'
import { failure, toFailure, type Account, type Attachment } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { lacking } from './failure.ts'
import { openMemory } from './memory.ts'

/** As much of a file as is read (https://docs.slack.dev/reference/objects/file-object). Anything may be missing. */
export interface SlackFile {
  readonly id?: string
  readonly name?: string | null
  readonly mimetype?: string
  readonly size?: number
  readonly mode?: string
  readonly url_private?: string
  readonly url_private_download?: string
  readonly shares?: Partial<Record<'public' | 'private', Readonly<Record<string, readonly { readonly ts?: string }[]>>>>
}

export interface Share {
  readonly channel: string
  readonly thread?: string
  readonly key: string
  readonly attachments: readonly Attachment[]
  /** Stands over the files, in the same message. */
  readonly comment: string
}

/** Files in and out. */
export interface Files {
  /** Streams a file of somebody's. The token goes to Slack's own hosts only. */
  fetch(attachment: Attachment, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  /** Uploads stored files and shares them as one message; resolves with its id. */
  share(share: Share, signal: AbortSignal): Promise<readonly string[]>
  /** The message with which files were shared under this key, if they were. */
  shared(key: string, channel: string, signal: AbortSignal): Promise<readonly string[] | undefined>
}

const storeKey = 'shares'
const maxShares = 50
const ref = /^slack:(F[A-Z0-9]+)$/
/** Slack shares a file a moment after it said so. */
const looks = 4
const lookAgainMs = 500

export function openFiles(
  account: Pick<Account<{ api?: string; botToken: string }>, 'config' | 'store' | 'log' | 'clock' | 'fetch' | 'open'>,
  api: Api,
): Files {
  const { clock } = account
  const ourHost = new URL(account.config.api ?? 'https://slack.com/api/').host

  async function info(file: string, signal: AbortSignal): Promise<SlackFile> {
    const found = await api.call(`looking at the file ${file}`, signal, (client) => client.files.info({ file }))
    return (found.file ?? {}) as SlackFile
  }

  const memory = openMemory<Record<string, readonly string[]>>(account, storeKey)
  let loading: Promise<Map<string, readonly string[]>> | undefined
  /** Which files were uploaded under which key, newest last. */
  const uploads = () => (loading ??= memory.load().then((kept) => new Map(Object.entries(kept ?? {}))))

  async function note(key: string, ids: readonly string[]) {
    const all = await uploads()
    all.delete(key)
    all.set(key, ids)
    for (const oldest of all.keys()) {
      if (all.size <= maxShares) break
      all.delete(oldest)
    }
    await memory.save(Object.fromEntries(all))
  }

  async function upload(attachment: Attachment, signal: AbortSignal): Promise<{ id: string; title: string }> {
    const name = attachment.name ?? 'file'
    const bytes = await new Response(await account.open(attachment, signal)).bytes()
    const { upload_url: url, file_id: id } = await api.call(`announcing ${name}`, signal, (client) =>
      client.files.getUploadURLExternal({ filename: name, length: bytes.length }),
    )
    // The address is the permission: it is not followed elsewhere, and the token does not go along.
    const response = await account.fetch(url!, { method: 'POST', body: bytes, redirect: 'error', signal })
    await response.text()
    if (!response.ok) throw failure('unavailable', `${api.name}: uploading ${name}: Slack answered ${response.status}`)
    return { id: id!, title: name }
  }

  /** The message that shows a file in a conversation, as soon as Slack says it. */
  async function messageOf(file: string, channel: string, signal: AbortSignal): Promise<string | undefined> {
    const { shares = {} } = await info(file, signal)
    return [...(shares.public?.[channel] ?? []), ...(shares.private?.[channel] ?? [])].at(-1)?.ts
  }

  async function awaited(file: string, channel: string, signal: AbortSignal): Promise<string | undefined> {
    for (let look = 1; ; look++) {
      const ts = await messageOf(file, channel, signal)
      if (ts || look === looks) return ts
      await clock.sleep(lookAgainMs, signal)
    }
  }

  return {
    async fetch({ ref: name, mime }, signal) {
      const [, id] = ref.exec(name) ?? []
      if (!id) throw failure('not_found', `${api.name}: ${name} is no file of Slack's`)
      const { url_private: shown, url_private_download: url = shown } = await info(id, signal)
      if (!url) throw failure('not_found', `${api.name}: Slack keeps no bytes of the file ${id}`)
      return download(account.fetch, url, {
        headers: { authorization: `Bearer ${account.config.botToken}` },
        trusted: [ourHost, '*.slack.com'],
        signal,
        // Without the right to read it, Slack shows its login page and calls that a success.
        check({ headers }) {
          if (headers.get('content-type')?.startsWith('text/html') && mime !== 'text/html')
            throw lacking(['files:read'], `${api.name}: reading the file ${id}`)
        },
      })
    },
    async share({ channel, thread, key, attachments, comment }, signal) {
      const files: { id: string; title: string }[] = []
      for (const attachment of attachments) files.push(await upload(attachment, signal))
      const [first, ...others] = files
      if (!first) return []
      // Before they are shared: a share whose answer is lost is found by them.
      await note(
        key,
        files.map(({ id }) => id),
      )
      await api.call(`sharing files in ${channel}`, signal, (client) =>
        client.files.completeUploadExternal({
          files: [first, ...others],
          channel_id: channel,
          ...(comment ? { initial_comment: comment } : {}),
          ...(thread ? { thread_ts: thread } : {}),
        } as Parameters<typeof client.files.completeUploadExternal>[0]),
      )
      // It is done: not to know its message yet must not have it done again.
      const ts = await awaited(first.id, channel, signal).catch(() => undefined)
      return ts ? [ts] : files.map(({ id }) => id)
    },
    async shared(key, channel, signal) {
      const [first] = (await uploads()).get(key) ?? []
      if (!first) return undefined
      const ts = await messageOf(first, channel, signal).catch((error: unknown) => {
        // An upload that was never completed is no file yet.
        if (toFailure(error).code !== 'not_found') throw error
      })
      return ts ? [ts] : undefined
    },
  }
}
