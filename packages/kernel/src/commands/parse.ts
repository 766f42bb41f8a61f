import { chatCommands, type ChatCommand } from './table.ts'

/** A command that somebody typed. */
export interface TypedCommand {
  readonly name: ChatCommand
  /** What stood behind it, trimmed. */
  readonly argument: string
}

const form = /^\/([a-z]+)(?:\s*:)?(?:\s+([\s\S]*))?$/i

/** The command that a message is; undefined when it is none of ours, e.g. `/home/me is full` or `/status@another_bot`. */
export function parseCommand(text: string): TypedCommand | undefined {
  const found = form.exec(text.trim())
  const name = found?.[1]?.toLowerCase()
  const known = chatCommands.find((command) => command.name === name)
  if (!known) return undefined
  const argument = found?.[2]?.trim() ?? ''
  // `/stop` with words behind it is somebody talking about stopping.
  if (argument !== '' && !('argument' in known)) return undefined
  return { name: known.name, argument }
}
