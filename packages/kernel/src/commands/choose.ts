import { Thinking } from '@openclaw/protocol'
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

export async function chooseThinking({ argument, from: { session }, parts }: Invocation): Promise<Answer> {
  const levels: readonly string[] = Thinking.enum
  if (argument === '') {
    const known = await parts.call('sessions.get', { session }).catch(() => undefined)
    return {
      reply: `Thinking is ${known?.settings.thinking ?? 'as the agent is set'} here. Choose with \`/think ${levels.join(' | ')}\`.`,
    }
  }
  if (argument === 'default') {
    await parts.call('sessions.patch', { session, thinking: null })
    return { reply: 'Thinking is as the agent is set again.' }
  }
  const thinking = levels.find((level) => level === argument.toLowerCase())
  if (thinking === undefined) return { reply: `\`/think\` takes one of ${levels.join(', ')}, or default.` }
  await parts.call('sessions.patch', { session, thinking: thinking as (typeof Thinking.enum)[number] })
  return { reply: `Thinking is ${thinking} here from now on.` }
}

function only<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined
}
