/** An answer of one word, as https://platform.claude.com/docs/en/build-with-claude/streaming shows it. */
export function answer(
  usage: Readonly<Record<string, number>>,
  blocks: readonly object[] = [{ type: 'text', text: '' }],
) {
  return [
    {
      type: 'message_start',
      message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'claude-sonnet-4-5', usage },
    },
    ...blocks.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: block },
      ...((block as { type: string }).type === 'text'
        ? [{ type: 'content_block_delta', index, delta: { type: 'text_delta', text: 'Hello.' } }]
        : []),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]
}
