import type { ErrorCode, Failure } from '@openclaw/protocol'

const next: Readonly<Partial<Record<ErrorCode, string>>> = {
  unauthorized: 'The provider refused the key. Enter a new one, then send your message again.',
  forbidden: 'The provider does not allow this. Choose another model, or ask for access there.',
  not_found: 'Choose a model that the provider has.',
  invalid_config: 'Correct the configuration; `openclaw config check` names every problem.',
  rate_limited: 'The provider asks for patience. Send your message again in a moment, or choose another model.',
  unavailable: 'Check that the provider can be reached, then send your message again.',
  unsupported: 'Choose a model that can do this.',
  invalid_params: 'Say it another way, or begin a new conversation if it has grown too long.',
}

/** What to tell a person of a run that ended without an answer: what happened, the failure in its own words, what to do. */
export function explainEnd(
  outcome: 'failed' | 'aborted' | 'interrupted',
  failure: Failure | undefined,
): { readonly title: string; readonly text: string; readonly next: string } {
  const text = typeof failure?.message === 'string' ? failure.message : ''
  if (outcome === 'aborted') return { title: 'Stopped', text, next: '' }
  if (outcome === 'interrupted')
    return {
      title: 'Interrupted',
      text,
      next: 'The gateway stopped during this answer. What tools did before may have happened: check, then ask again.',
    }
  return {
    title: 'There is no answer',
    text,
    next:
      (failure && next[failure.code]) ??
      'Send your message again. If it happens again, `openclaw logs` has the details.',
  }
}
