import type { Question, Reply, Turn } from '../../providers/vendors.ts'
import { marksIn } from '../channels/marks.ts'

/** A call that a message asks for. `$child` in its input stands for the sub-agent that was begun last. */
export interface Call {
  readonly tool: string
  readonly input: object
}

/** What a message asks of the model, behind its mark; without any of it the model notes the mark. */
export const asks = {
  /** One call after the other. */
  use: (...calls: readonly Call[]) => `use ${JSON.stringify(calls)}`,
  /** The same call, for ever. */
  loop: 'loop',
  /** An answer of so many characters. */
  say: (chars: number) => `say ${chars}`,
  /** The model of the agent has no time. */
  limited: 'limited',
  /** The conversation is too long for the model, until there is a summary of it. */
  tooLong: 'too long',
}

/** What every summary says. */
export const summary = 'They asked and were answered.'

/** Somebody who is kept waiting for an answer. */
export interface Wait {
  /** Resolves when the model was asked. */
  readonly asked: Promise<void>
  /** Lets it answer from now on. */
  end(): void
}

/** The one model behind all vendors: it does what it is told, so that the same question always has the same answer. */
export interface Brain {
  reply(question: Question): Promise<Reply>
  /** Keeps everybody waiting whose question fits, by what was said since the last answer. */
  hold(fits: (said: string) => boolean): Wait
}

export function openBrain(): Brain {
  const waits = new Set<{ fits(said: string): boolean; asked(): void; readonly over: Promise<void> }>()
  return {
    async reply(question) {
      const said = isSummary(question) ? summarising : saidIn(question.turns)
      for (const { fits, asked, over } of waits) {
        if (!fits(said)) continue
        asked()
        await over
      }
      return obey(question)
    },
    hold(fits) {
      const asked = Promise.withResolvers<void>()
      const over = Promise.withResolvers<void>()
      const wait = { fits, asked: asked.resolve, over: over.promise }
      waits.add(wait)
      return {
        asked: asked.promise,
        end() {
          waits.delete(wait)
          over.resolve()
        },
      }
    },
  }
}

/** What a summary's request begins with. */
export const summarising = 'Summarise'
const isSummary = ({ system }: Question) => system.startsWith(summarising)
const thinking = 'I should look.'

function obey(question: Question): Reply {
  const { shape, turns } = question
  if (isSummary(question)) return { text: summary }
  const said = saidIn(turns)
  if (said.includes(` ${asks.limited}`) && (shape === 'anthropic' || shape === 'chat'))
    return { status: 429, message: 'slow down', retryAfterS: 3 }
  if (said.includes(` ${asks.tooLong}`) && !turns.some(({ text }) => text.includes(summary)))
    return { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' }
  // A run that was stopped leaves no answer behind, and the next one is about something else.
  if (turns.findLast(({ role }) => role === 'user')?.text.includes(` ${asks.loop}`))
    return { tool: 'list', input: { path: '.' }, thinking }
  const call = callsIn(said)[resultsIn(turns)]
  if (call) return { tool: call.tool, input: fill(call.input, turns), thinking }
  const chars = Number(/ say (\d+)/.exec(said)?.[1] ?? 0)
  const words = [...marksIn(said), ...(said.match(/\b(?:find|remind)\d\b/g) ?? [])]
  return { text: `I noted ${[...new Set(words)].join(' ')}.${' word'.repeat(chars / 5)}` }
}

/** All that was said since the model last answered; calling a tool is not yet an answer. */
function saidIn(turns: readonly Turn[]): string {
  const from = turns.findLastIndex(({ role, calls }) => role === 'assistant' && !calls) + 1
  return turns
    .slice(from)
    .flatMap(({ role, text }) => (role === 'user' ? [text] : []))
    .join('\n')
}

function callsIn(said: string): readonly Call[] {
  const [, calls = '[]'] = / use (\[\{.*?\}\])/.exec(said) ?? []
  return JSON.parse(calls) as Call[]
}

/** Calls that were carried out, or may have been: one that a kill kept from its beginning is made again. */
const resultsIn = (turns: readonly Turn[]) =>
  turns
    .slice(turns.findLastIndex(({ role }) => role === 'user'))
    .filter(({ role, text }) => role === 'tool' && !text.includes('it was not started')).length

function fill(input: object, turns: readonly Turn[]): object {
  const child = turns.flatMap(({ text }) => text.match(/agent:[a-z]+:subagent:[0-9a-f-]{36}/g) ?? []).at(-1) ?? ''
  return JSON.parse(JSON.stringify(input).replaceAll('$child', child)) as object
}
