import type { Call } from './brain.ts'

const patch = ['*** Begin Patch', '*** Add File: patched.md', '+three', '*** End Patch'].join('\n')

/**
 * A call of every tool that an owner has, but for those that run commands and sub-agents; in an order in which each of
 * them works. `site` is a page that may be read, and a search engine.
 */
export const everyTool = (site: string): readonly Call[] => [
  { tool: 'write', input: { path: 'day.md', content: 'one\n' } },
  { tool: 'read', input: { path: 'day.md' } },
  { tool: 'edit', input: { path: 'day.md', oldText: 'one', newText: 'two' } },
  { tool: 'apply_patch', input: { patch } },
  { tool: 'list', input: {} },
  { tool: 'glob', input: { pattern: '*.md' } },
  { tool: 'grep', input: { pattern: 'two' } },
  { tool: 'send_file', input: { path: 'day.md' } },
  { tool: 'memory_write', input: { text: 'tea at noon', note: 'MEMORY.md' } },
  { tool: 'memory_search', input: { query: 'tea' } },
  { tool: 'memory_read', input: { note: 'MEMORY.md' } },
  { tool: 'memory_forget', input: { note: 'MEMORY.md', text: 'tea' } },
  { tool: 'web_fetch', input: { url: `${site}/page` } },
  { tool: 'web_search', input: { query: 'tea' } },
  { tool: 'message', input: { action: 'send', text: 'aside' } },
  { tool: 'cron', input: { action: 'list' } },
  { tool: 'gateway', input: { action: 'status' } },
  { tool: 'mcp_echo', input: { message: 'hello' } },
  { tool: 'bash_job', input: { action: 'list' } },
  { tool: 'sessions_list', input: {} },
  { tool: 'session_status', input: {} },
  { tool: 'sessions_history', input: {} },
]

/** Leaves one line in a file, once the owner said yes. */
export const command: Call = { tool: 'bash', input: { command: 'echo ran >> ran.log' } }
/** Gives a task to a sub-agent, and another one to the same. */
export const spawn = (task: string): Call => ({ tool: 'sessions_spawn', input: { task } })
export const sendChild = (message: string): Call => ({ tool: 'sessions_send', input: { session: '$child', message } })
/** The agent is told something soon. */
export const remind = (message: string): Call => ({
  tool: 'cron',
  input: { action: 'add', name: 'tea', message, in: '2s' },
})
/** Adds a line to the note of the day. */
export const note = (text: string): Call => ({ tool: 'memory_write', input: { text } })
