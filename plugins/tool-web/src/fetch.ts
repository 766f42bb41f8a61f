import { defineTool, failure, type GuardedFetch, type ToolCall, type ToolResult } from '@openclaw/sdk'
import Type from 'typebox'
import { openCache } from './cache.ts'
import { decode } from './charset.ts'
import { kindOf } from './kind.ts'
import { readPage } from './page.ts'
import { plainText } from './plain.ts'

/** What the configuration sets, and the one way to an untrusted address. */
export interface Fetching {
  readonly maxOutput: number
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly allowPrivate: readonly string[]
  readonly fetch: GuardedFetch
}

/** A text that was fetched. `url` is where it came from in the end. */
interface Fetched {
  readonly url: string
  readonly text: string
  /** What the model should know of how it was made. */
  readonly note?: string
}

/** Reads a page as Markdown, text as it is, and gives images and PDFs to the model. */
export function webFetch(fetching: Fetching) {
  const cache = openCache<Fetched>({ maxAgeMs: 15 * 60_000, maxSize: 8_000_000, sizeOf: ({ text }) => text.length })
  return defineTool({
    name: 'web_fetch',
    description: `Read a web page (as Markdown), text, image or PDF. Shows ${fetching.maxOutput} characters at once; go on with offset.`,
    input: Type.Object(
      {
        url: Type.String({ minLength: 1, maxLength: 8000, description: 'http or https.' }),
        offset: Type.Optional(Type.Integer({ minimum: 0, description: 'First character.' })),
        raw: Type.Optional(Type.Boolean({ description: 'The HTML itself.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'network',
    subject: ({ url }) => url,
    reaches: ({ url }) => url,
    async run({ url, offset = 0, raw = false }, call) {
      const key = `${raw ? 'raw' : 'page'} ${url}`
      const known = cache.get(key)
      if (known) return show(known, offset, fetching.maxOutput)
      const found = await load(url, raw, fetching, call)
      if ('content' in found) return found
      cache.set(key, found)
      return show(found, offset, fetching.maxOutput)
    },
  })
}

async function load(
  url: string,
  raw: boolean,
  { fetch, maxBytes, timeoutMs, allowPrivate }: Fetching,
  call: ToolCall,
): Promise<Fetched | ToolResult> {
  const headers = { accept: 'text/html, text/markdown, text/plain, application/json, */*;q=0.5' }
  const answer = await fetch(url, { headers, signal: call.signal, maxBytes, timeoutMs, allowPrivate })
  const bytes = await answer.bytes()
  const type = answer.headers.get('content-type') ?? ''
  const kind = kindOf(type, bytes)
  if (!answer.ok) {
    const said = kind.is === 'page' ? plainText(decode(bytes, type)) : kind.is === 'text' ? decode(bytes, type) : ''
    return { ...say(`${answer.url} answered ${answer.status}\n\n${said.slice(0, 1000)}`.trim()), failed: true }
  }
  if (kind.is === 'other')
    throw failure('unsupported', `${answer.url} is ${kind.mime} (${bytes.byteLength} bytes), which cannot be shown`)
  if (kind.is === 'file') {
    const file = await call.attach(bytes, kind.mime, nameOf(answer.url))
    const about = say(`${answer.url} (${kind.mime}, ${bytes.byteLength} bytes):`)
    return { ...about, content: [...about.content, file] }
  }
  const text = decode(bytes, type)
  if (kind.is === 'text' || raw) return { url: answer.url, text }
  const page = await readPage(text, answer.url, call.signal)
  return { url: answer.url, ...page }
}

function show({ url, text, note }: Fetched, offset: number, maxOutput: number): ToolResult {
  if (offset > 0 && offset >= text.length)
    throw failure('invalid_params', `${url} has ${text.length} characters, so there is nothing at ${offset}`)
  const end = Math.min(text.length, offset + maxOutput)
  const head = note ? `${url} (${note})` : url
  const more = end < text.length ? `[characters ${offset} to ${end} of ${text.length}; go on with offset ${end}]` : ''
  return {
    ...say([head, text.slice(offset, end) || '(it is empty)', more].filter(Boolean).join('\n\n')),
    details: { url, characters: text.length, offset },
  }
}

function nameOf(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1)
  return last ? last.slice(-100) : 'file'
}

function say(text: string): ToolResult {
  return { content: [{ type: 'text', text }], outside: true }
}
