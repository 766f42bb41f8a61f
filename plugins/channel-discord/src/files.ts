import { download } from '@openclaw/channel-kit'
import { failure, type Attachment } from '@openclaw/sdk'
import { Routes, type APIMessage, type RawFile } from 'discord.js'
import type { DiscordAccount } from './config.ts'
import type { Rest } from './rest.ts'

/** Without a boost of the server: https://docs.discord.com/developers/reference#uploading-files */
export const maxFileBytes = 10 * 1024 * 1024

const ref = /^discord:(\d+)\/(\d+)\/(\d+)$/

/** Streams a file out of a message, by an address asked for just now: addresses end after a day. */
export async function fetchFile(
  { id, fetch }: DiscordAccount,
  rest: Rest,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const [, channel, message, file] = ref.exec(attachment.ref) ?? []
  if (!channel || !message || !file)
    throw failure('invalid_params', `discord/${id}: "${attachment.ref}" names no file of Discord's`)
  const doing = `fetching a file of message ${message} in channel ${channel}`
  const found = await rest.ask<APIMessage>('get', Routes.channelMessage(channel, message), {
    doing,
    permission: 'Read Message History',
    signal,
  })
  const forwarded = (found.message_snapshots ?? []).flatMap(({ message: { attachments } }) => attachments)
  const url = [...found.attachments, ...forwarded].find((one) => one.id === file)?.url
  if (!url) throw failure('not_found', `discord/${id}: ${doing}: it was taken out of the message`)
  // The address holds its own signature; the token goes nowhere but to the API.
  return download(fetch, url, { signal })
}

/** Reads stored files for one message. */
export async function readFiles(
  account: DiscordAccount,
  attachments: readonly Attachment[],
  signal: AbortSignal,
): Promise<RawFile[]> {
  return Promise.all(
    attachments.map(async (attachment, at) => {
      const stream = await account.open(attachment, signal)
      const data = Buffer.from(await new Response(stream).arrayBuffer())
      return { name: attachment.name ?? `file-${at + 1}`, contentType: attachment.mime, data }
    }),
  )
}
