import { download } from '@openclaw/channel-kit'
import { failure, type Account, type Attachment } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { lacking } from './failure.ts'

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
  account: Pick<Account<{ api?: string; botToken: string }>, 'config' | 'store' | 'clock' | 'fetch' | 'open'>,
  api: Api,
): Files {
  const { store, clock } = account
  const ourHost = new URL(account.config.api ?? 'https://slack.com/api/').host

  async function info(file: string, signal: AbortSignal): Promise<SlackFile> {
    const found = await api.call(`looking at the file ${file}`, signal, (client) => client.files.info({ file }))
    return (found.file ?? {}) as SlackFile
  }

  /** Which files were uploaded under which key, newest last. */
  async function uploads(): Promise<Record<string, readonly string[]>> {
    const bytes = await store.get(storeKey)
    return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, readonly string[]>) : {}
  }

  async function note(key: string, ids: readonly string[]) {
    const kept = Object.entries({ ...(await uploads()), [key]: ids }).slice(-maxShares)
    await store.set(storeKey, new TextEncoder().encode(JSON.stringify(Object.fromEntries(kept))))
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

  return {
    async fetch({ ref: name, mime }, signal) {
      const [, id] = ref.exec(name) ?? []
      if (!id) throw failure('not_found', `${api.name}: ${name} is no file of Slack's`)
      const { url_private_download: direct, url_private: url = direct } = await info(id, signal)
      if (!url) throw failure('not_found', `${api.name}: Slack keeps no bytes of the file ${id}`)
      return download(account.fetch, direct ?? url, {
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
      for (let look = 0; look < looks; look++) {
        if (look > 0) await clock.sleep(lookAgainMs, signal)
        const ts = await messageOf(first.id, channel, signal).catch(() => undefined)
        if (ts) return [ts]
      }
      return files.map(({ id }) => id)
    },
    async shared(key, channel, signal) {
      const [first] = (await uploads())[key] ?? []
      // One that was never shared is unknown to Slack, or known without the conversation.
      const ts = first && (await messageOf(first, channel, signal).catch(() => undefined))
      return ts ? [ts] : undefined
    },
  }
}
