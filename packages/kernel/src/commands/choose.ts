import { OnOff, QueueMode, Thinking, type MethodParams } from '@openclaw/protocol'
import { nearest } from '../config/suggest.ts'
import type { Answer, Invocation } from './command.ts'

/** So many models are named where none fits. */
const shown = 20

export async function chooseModel({ argument, from: { session }, parts }: Invocation): Promise<Answer> {
  const known = await parts.call('sessions.get', { session }).catch(() => undefined)
  const { current, models } = await parts.call('models.list', {})
  const ids = models.map(({ id }) => id)
  if (argument === '') {
    const list = ids.slice(0, shown).map((id) => `- \`${id}\``)
    const more = ids.length > shown ? [`… and ${ids.length - shown} more`] : []
    return {
      reply: [
        `The model here is \`${known?.settings.model ?? current}\`. Choose with \`/model NAME\`:`,
        ...list,
        ...more,
      ].join('\n'),
    }
  }
  if (argument === 'default') {
    await parts.call('sessions.patch', { session, model: null })
    return { reply: `The model here is \`${current}\` again.` }
  }
  const model =
    ids.find((id) => id === argument) ?? only(ids.filter((id) => id.split('/').slice(1).join('/') === argument))
  if (!model) {
    const near = nearest(argument, ids)
    return {
      reply: `There is no model \`${argument}\`${near ? `; did you mean \`${near}\`?` : '.'} \`/model\` lists what there is.`,
    }
  }
  await parts.call('sessions.patch', { session, model })
  return { reply: `The model here is \`${model}\` from now on.` }
}

export const chooseThinking = chooseLevel({
  setting: 'thinking',
  command: 'think',
  levels: Thinking.enum,
  is: (level) => `Thinking is ${level}`,
})

export const chooseQueue = chooseLevel({
  setting: 'queue',
  command: 'queue',
  levels: QueueMode.enum,
  is: (mode) => `Messages that come while it works: ${mode}`,
})

/** Calls, never what the model thinks: that reaches no chat. */
export const chooseVerbosity = chooseLevel({
  setting: 'verbose',
  command: 'verbose',
  levels: OnOff.enum,
  unset: 'off',
  is: (level) => `The calls of tools are ${level === 'on' ? 'shown' : 'not shown'} here`,
})

/** Shows or chooses one of a few values of a session's setting. */
function chooseLevel<K extends 'thinking' | 'queue' | 'verbose'>(choice: {
  readonly setting: K
  readonly command: string
  readonly levels: readonly string[]
  /** What counts while nothing was chosen. */
  readonly unset?: string
  is(level: string): string
}) {
  const { setting, command, levels, unset = 'as the agent is set', is } = choice
  return async ({ argument, from: { session }, parts }: Invocation): Promise<Answer> => {
    if (argument === '') {
      const known = await parts.call('sessions.get', { session }).catch(() => undefined)
      const now = known?.settings[setting] ?? unset
      return { reply: `${is(now)}. Choose with \`/${command} ${levels.join(' | ')}\`.` }
    }
    const wanted = argument.toLowerCase()
    if (wanted !== 'default' && !levels.includes(wanted))
      return { reply: `\`/${command}\` takes one of ${levels.join(', ')}, or default.` }
    const value = wanted === 'default' ? null : wanted
    await parts.call('sessions.patch', { session, [setting]: value } as MethodParams<'sessions.patch'>)
    return { reply: `${is(value ?? unset)} from now on.` }
  }
}

function only<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined
}
