import type { ModelEvent, ModelRequest } from '@openclaw/sdk'
import { commandOf, lastResults } from './command.ts'

type Call = Extract<ModelEvent, { type: 'call' }>
/** What is said: text, and at most one tool call after it. */
export interface Answer {
  readonly text: string
  readonly call?: Call
}

const unset = 'No model is configured here yet.'
const elsewhere = `${unset} Whoever runs this gateway can choose one on its page or with \`npx openclaw models auth\`.`
const howTo = `${unset} To talk to one:

- on the gateway's page, **Give your agent a model**: pick a server that was found on this machine, or paste a key;
- or in a terminal: \`npx openclaw models auth openai\`

Until then I understand a few typed commands:

- \`run ls\` runs a command in the workspace
- \`read notes.md\` shows a file
- \`tools\` lists what an agent can do here
- \`help\` shows this again`

/** The answer to a request, as a pure function of it. */
export function answer(request: Pick<ModelRequest, 'turns' | 'tools' | 'local'>): Answer {
  if (!request.local) return { text: elsewhere }
  const results = lastResults(request.turns)
  if (results.length > 0) return { text: results.map(showResult).join('\n\n') }
  const command = commandOf(request)
  if (!command || command.type === 'help') return { text: howTo }
  if (command.type === 'tools') return { text: listTools(request.tools) }
  const { tool, input } = command
  if (!request.tools.some((one) => one.name === tool))
    return { text: `The tool \`${tool}\` is not available in this session. \`tools\` lists what is.` }
  // The id is the call's place in the conversation: the same request gives the same answer.
  return { text: '', call: { type: 'call', id: `offline_${request.turns.length}`, name: tool, input } }
}

function listTools(tools: ModelRequest['tools']): string {
  if (tools.length === 0) return 'No tools are available in this session.'
  const lines = tools.map(({ name, description }) => `- \`${name}\`: ${description.split(/(?<=\.)\s/)[0]}`)
  return ['These tools are available in this session:', '', ...lines].join('\n')
}

function showResult(turn: ReturnType<typeof lastResults>[number]): string {
  const text = turn.content.flatMap((one) => (one.type === 'text' ? [one.text] : [])).join('\n')
  const files = turn.content.flatMap((one) => (one.type === 'file' ? [`[${one.name ?? 'a file'}, ${one.mime}]`] : []))
  const shown = text.trim() === '' ? (files.length > 0 ? '' : 'It said nothing.') : fence(text)
  return [...(turn.failed ? ['That did not work:'] : []), shown, ...files].filter(Boolean).join('\n\n')
}

/** A code block whose fence is longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}\n${text.replace(/\n+$/, '')}\n${marks}`
}
