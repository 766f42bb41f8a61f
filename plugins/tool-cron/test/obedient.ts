import type { ModelRequest } from '@openclaw/sdk'
import { callTool, say, type Script } from '@openclaw/testing'

export const minuteMs = 60_000

/** The last thing that was said or came back, and whether it came from a tool. */
export function last({ turns }: ModelRequest): { text: string; tool: boolean } {
  const turn = turns.at(-1)!
  return { text: JSON.stringify(turn), tool: turn.role === 'tool' }
}

/** A model that does as it is told: `remind TEXT` makes a reminder in ten minutes, and reminders are passed on. */
export const obedient: Script = (request) => {
  const { text, tool } = last(request)
  if (tool) return say('noted')
  const wanted = /remind ([\w-]+)/.exec(text)?.[1]
  if (wanted) return callTool('cron', { action: 'add', name: wanted, message: `Say ${wanted}`, in: '10m' })
  const due = /is due[\s\S]*Say ([\w-]+)/.exec(text)?.[1]
  return say(due ? `Time for ${due}!` : 'ok')
}
