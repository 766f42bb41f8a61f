import { failure, type Attachment } from '@openclaw/sdk'
import { rootOf, type Bot } from './bot.ts'

/**
 * Streams a file by Telegram's handle (https://core.telegram.org/bots/api#getfile: up to 20 MB). The token stands in the
 * address, so it goes to the Bot API alone: an answer that leads elsewhere is refused.
 */
export async function fetchFile(
  { account, call }: Bot,
  { ref, name = 'a file' }: Attachment,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const doing = `downloading ${name}`
  const at = `telegram/${account.id}: ${doing}`
  const { file_path } = await call(doing, signal, (api, stop) => api.getFile(ref.replace(/^tg:/, ''), stop))
  if (!file_path || file_path.startsWith('/'))
    throw failure('unsupported', `${at}: the Bot API keeps its files to itself; start it without --local`)
  const response = await account
    .fetch(`${rootOf(account)}/file/bot${account.config.token}/${file_path}`, { signal, redirect: 'error' })
    .catch(() => {
      // The words of the network hold the address, and with it the token.
      throw failure(signal.aborted ? 'aborted' : 'unavailable', `${at} failed on the way`)
    })
  if (response.ok && response.body) return response.body
  await response.body?.cancel()
  throw failure(response.status < 500 ? 'not_found' : 'unavailable', `${at}: Telegram answered ${response.status}`)
}
