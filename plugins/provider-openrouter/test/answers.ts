const chunk = (delta: object, finish: string | null = null) => ({
  id: 'gen-1',
  provider: 'Anthropic',
  model: 'anthropic/claude-sonnet-4.5',
  object: 'chat.completion.chunk',
  created: 1,
  choices: [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: finish }],
})
const usage = {
  prompt_tokens: 100,
  completion_tokens: 2,
  total_tokens: 102,
  cost: 0.0042,
  prompt_tokens_details: { cached_tokens: 40 },
}
const detail = (more: object) => ({ type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, ...more })

/**
 * Answers as OpenRouter streams them: https://openrouter.ai/docs/use-cases/usage-accounting and
 * https://openrouter.ai/docs/use-cases/reasoning-tokens.
 */
export const answer = {
  caches: [chunk({ content: 'Hello.' }), chunk({}, 'stop'), { ...chunk({ content: '' }, 'stop'), usage }, '[DONE]'],
  signs: [
    chunk({ reasoning: 'I should look.', reasoning_details: [detail({ text: 'I should look.' })] }),
    chunk({ reasoning_details: [detail({ signature: 'signature-of-the-thought' })] }),
    chunk({
      tool_calls: [
        { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"place":"here"}' } },
      ],
    }),
    chunk({}, 'tool_calls'),
    { ...chunk({ content: '' }, 'tool_calls'), usage },
    '[DONE]',
  ],
}
