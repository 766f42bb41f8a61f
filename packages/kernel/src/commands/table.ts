import type { Command } from '@openclaw/sdk'

export type { Command }

/** What can be typed as `/name` in every chat. Handled without a model; `role` is the least that may use it. */
export const chatCommands = [
  { name: 'help', about: 'What can be typed here', role: 'guest' },
  { name: 'whoami', about: 'Your id and your role', role: 'guest' },
  { name: 'status', about: 'What the agent is doing', role: 'member' },
  { name: 'new', about: 'Begin a new conversation', argument: '[first message]', role: 'member' },
  { name: 'reset', about: 'Begin anew; what was said stays in the file', role: 'member' },
  { name: 'stop', about: 'Stop what is being done', role: 'member' },
  { name: 'compact', about: 'Summarise the older part', argument: '[what to keep | undo]', role: 'member' },
  { name: 'pin', about: 'Show what is pinned, or keep a note word for word', argument: '[note]', role: 'member' },
  { name: 'unpin', about: 'Take a pinned note back', argument: '[number]', role: 'member' },
  { name: 'usage', about: 'Tokens and money of this conversation', role: 'member' },
  { name: 'skill', about: 'Show the skills, or use one', argument: '[name] [what]', role: 'member' },
  { name: 'model', about: 'Show or choose the model', argument: '[provider/model | default]', role: 'owner' },
  { name: 'think', about: 'Show or choose how much it thinks', argument: '[off | low | medium | high]', role: 'owner' },
  {
    name: 'queue',
    about: 'Show or choose what becomes of messages that come while it works',
    argument: '[collect | steer | followup | interrupt]',
    role: 'owner',
  },
  { name: 'verbose', about: 'Show the calls of tools here, or no longer', argument: '[on | off]', role: 'owner' },
  { name: 'more', about: 'Let go on what reached its limit', role: 'owner' },
  { name: 'approve', about: 'Allow a call that waits', argument: '[id]', role: 'owner' },
  { name: 'deny', about: 'Refuse a call that waits', argument: '[id]', role: 'owner' },
] as const satisfies readonly Command[]

/** Its names. */
export type ChatCommand = (typeof chatCommands)[number]['name']
