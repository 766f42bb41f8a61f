import { defineTool, type Content } from '@openclaw/sdk'
import Type from 'typebox'
import { describe, findSession, listSessions, type Scope } from './see.ts'

const session = Type.Optional(Type.String({ minLength: 1, description: 'Session key; this session when absent.' }))
const say = (text: string) => ({ content: [{ type: 'text' as const, text }] })

/** Which sessions there are. */
export function list(scope: Scope) {
  return defineTool({
    name: 'sessions_list',
    description:
      scope === 'tree'
        ? 'List the sub-agents of this session.'
        : 'List sessions, last used first, sub-agents included.',
    input: Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false }),
    effect: 'read',
    async run({ search }, call) {
      const { sessions, total } = await listSessions(call, scope, search)
      if (sessions.length === 0) return say(scope === 'tree' ? 'This session has no sub-agents.' : 'No session fits.')
      const more = total > sessions.length ? [`[${total - sessions.length} more]`] : []
      return say([...sessions.map(describe), ...more].join('\n'))
    },
  })
}

/** How one session is. */
export function status(scope: Scope) {
  return defineTool({
    name: 'session_status',
    description: 'Show whether a session is at work, and what it has used.',
    input: Type.Object({ session }, { additionalProperties: false }),
    effect: 'read',
    async run({ session: named }, call) {
      const found = await findSession(call, scope, named)
      const { input, output, costUsd } = found.usage
      const cost = costUsd === undefined ? '' : `, $${costUsd.toFixed(4)}`
      return say(`${describe(found)}\n${input} tokens read, ${output} written${cost}`)
    },
  })
}

/** A line of a journal, as far as it is shown. */
interface Shown {
  readonly kind: string
  readonly body?: {
    readonly text?: string
    readonly content?: readonly (Content | { readonly type: string; readonly text?: string })[]
  }
}

/** What was said in a session. */
export function history(scope: Scope, maxText: number) {
  return defineTool({
    name: 'sessions_history',
    description:
      'Read what was said last in a session: what it was asked and what it answered, without its tool calls.',
    input: Type.Object(
      { session, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Lines; default 50.' })) },
      { additionalProperties: false },
    ),
    effect: 'read',
    async run({ session: named, limit = 50 }, call) {
      const { key } = await findSession(call, scope, named)
      const { lines } = (await call.gateway.call('chat.history', { session: key, limit })) as { lines: Shown[] }
      const said = lines.flatMap(saidIn).join('\n')
      const text = said.length > maxText ? `[the beginning is left out]\n${said.slice(-maxText)}` : said
      // Others may have written in it.
      return { ...say(text || 'Nothing was said.'), ...(key === call.session ? {} : { outside: true }) }
    },
  })
}

function saidIn({ kind, body }: Shown): string[] {
  if (kind === 'user' || kind === 'note') return body?.text ? [`${kind}: ${body.text}`] : []
  if (kind !== 'assistant') return []
  const text = (body?.content ?? [])
    .flatMap((part) => (part.type === 'text' && part.text ? [part.text] : []))
    .join('\n')
  return text ? [`assistant: ${text}`] : []
}
