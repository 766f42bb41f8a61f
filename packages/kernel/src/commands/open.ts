import { toFailure } from '@openclaw/protocol'
import type { Admitted } from '../inbound/inbound.ts'
import { mayUse, type Answer, type CommandParts, type Invocation } from './command.ts'
import { compact, more, usage } from './conversation.ts'
import { decide } from './decide.ts'
import { help, status, whoami } from './about.ts'
import { chooseModel, chooseQueue, chooseThinking, chooseVerbosity } from './choose.ts'
import { pin, unpin } from './pins.ts'
import { useSkill } from './skill.ts'
import type { TypedCommand } from './parse.ts'
import { chatCommands, type ChatCommand } from './table.ts'

/** Handles what people type as `/name`, without a model. */
export interface Commands {
  /** Never rejects for a command that failed: the reply says why. */
  run(typed: TypedCommand, from: Admitted): Promise<Answer>
}

const deeds: Readonly<Record<ChatCommand, (invocation: Invocation) => Promise<Answer>>> = {
  help,
  whoami,
  status,
  new: begin('forget', 'A new conversation.'),
  reset: begin('keep', 'Begun anew. What was said stays in the file.'),
  stop,
  compact,
  pin,
  unpin,
  usage,
  more,
  skill: useSkill,
  model: chooseModel,
  think: chooseThinking,
  queue: chooseQueue,
  verbose: chooseVerbosity,
  approve: decide('allow'),
  deny: decide('deny'),
}

export function openCommands(parts: CommandParts): Commands {
  return {
    async run({ name, argument }, from) {
      const { role } = chatCommands.find((command) => command.name === name)!
      if (!mayUse(from.role, role))
        return { reply: `/${name} is for ${role === 'owner' ? 'the owner' : 'people who were let in'} only.` }
      try {
        return await deeds[name]({ argument, from, parts })
      } catch (error) {
        return { reply: `/${name} could not be done: ${toFailure(error).message}` }
      }
    },
  }
}

/** Begins a conversation anew; what stands behind the command is its first message. */
function begin(settings: 'keep' | 'forget', reply: string) {
  return async ({ argument, from: { session }, parts }: Invocation): Promise<Answer> => {
    await parts.call('sessions.reset', { session, settings }).catch((error: unknown) => {
      // Nothing was said here yet, so there is nothing to leave behind.
      if (toFailure(error).code !== 'not_found') throw error
    })
    return argument ? { message: argument } : { reply }
  }
}

async function stop({ from: { session }, parts }: Invocation): Promise<Answer> {
  const running = parts.running(session)
  const { aborted } = await parts.call('chat.abort', { session })
  if (aborted.length === 0) return { reply: 'Nothing is being done.' }
  // A run in progress says by itself that it was stopped.
  return running ? {} : { reply: 'Stopped.' }
}
