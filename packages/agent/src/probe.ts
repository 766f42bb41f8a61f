import { toFailure, type AgentMethods, type Result } from '@openclaw/protocol'
import { ask, collectParts } from './ask.ts'
import type { Clock } from './clock.ts'
import type { ProviderRegistry } from './providers.ts'

const testMs = 30_000

/** Asks a model for one word, for real; what goes wrong is the answer's message. */
export async function testModel(
  model: string,
  parts: { providers: ProviderRegistry; clock: Clock; signal: AbortSignal },
): Promise<Result<AgentMethods['models.test']>> {
  try {
    const { name, models } = parts.providers.find(model)
    const said = collectParts()
    const answer = await ask(
      models,
      {
        model: name,
        system: 'Answer with one word.',
        turns: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }],
        tools: [],
        session: 'test',
        local: true,
      },
      { signal: parts.signal, idleMs: testMs, clock: parts.clock, label: model },
      said,
      () => {},
    )
    return {
      ok: true,
      text: answer.parts
        .flatMap((part) => (part.type === 'text' ? [part.text] : []))
        .join('')
        .trim()
        .slice(0, 200),
    }
  } catch (thrown) {
    return { ok: false, message: toFailure(thrown).message }
  }
}
