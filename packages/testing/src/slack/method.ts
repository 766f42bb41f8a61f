import type { Fault } from '../channel/counterpart.ts'
import type { Conversation, Workspace } from './workspace.ts'

/** What a method is called with. Values of forms are strings; what looks like JSON was read. */
export interface Call {
  readonly args: Readonly<Record<string, unknown>>
  /** Root of the emulator's addresses, without a slash at the end. */
  readonly root: string
  readonly workspace: Workspace
  /** Tells the app's other side that something happened in the workspace. */
  happened(event: Record<string, unknown>): void
}

export type Method = (call: Call) => Record<string, unknown>

/** Faults of the Web API that befall what is sent. */
export type SendFault = Extract<Fault, { kind: 'limit' | 'error' | 'loseAnswer' }>

/** Refuses a call with one of Slack's error words. */
export function refuse(error: string, more: Record<string, unknown> = {}): never {
  throw Object.assign(new Error(error), { slack: { ok: false, error, ...more } })
}

/** The refusal inside of what was thrown; anything else is a defect here and thrown on. */
export function refusal(thrown: unknown): Record<string, unknown> {
  if (thrown instanceof Error && 'slack' in thrown) return thrown.slack as Record<string, unknown>
  throw thrown
}

/** A text among the arguments; refused when it is missing. */
export function text(call: Call, name: string): string {
  const value = call.args[name]
  if (value === undefined || value === '')
    refuse('invalid_arguments', { response_metadata: { messages: [`missing ${name}`] } })
  return written(value)
}

/** The same, where it may be left out. */
export function optional(call: Call, name: string): string | undefined {
  const value = call.args[name]
  return value === undefined || value === '' ? undefined : written(value)
}

/** The conversation that a call names. People's ids name the direct conversation with them, where Slack takes that. */
export function conversation(call: Call, name = 'channel', people = false): Conversation {
  const id = text(call, name)
  const found = call.workspace.conversations.get(id)
  if (found) return found
  return people && call.workspace.users.has(id) ? call.workspace.im(id) : refuse('channel_not_found')
}

/** A form's value is a text; JSON may hold a number or a truth. */
const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
