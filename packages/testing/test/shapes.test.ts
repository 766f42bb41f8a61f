import { describe, expect, it } from 'vitest'
import { shapeProblems, type Shape } from '../src/index.ts'

// Requests as the vendors' own documentation shows them, and what each would refuse when it is changed so.
const say = (text: string) => ({ type: 'text', text })
const call = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }
const thought = { type: 'thinking', thinking: 'hm', signature: 's' }
const anthropic = (messages: object[], more: object = {}) => ({ model: 'm', max_tokens: 2048, messages, ...more })
const asked = { role: 'user', content: [say('hi')] }
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a stone' }] }
const on = { thinking: { type: 'enabled', budget_tokens: 1024 } }

const chat = (messages: object[], more: object = {}) => ({ model: 'm', messages, ...more })
const chatCall = (args: string, id = 'call_1') => ({
  id,
  type: 'function',
  function: { name: 'look', arguments: args },
})
const chatAsked = { role: 'user', content: 'hi' }
const chatResult = { role: 'tool', tool_call_id: 'call_1', content: 'a stone' }

const responses = (input: object[], more: object = {}) => ({ model: 'm', store: false, input, ...more })
const itemAsked = { role: 'user', content: [{ type: 'input_text', text: 'hi' }] }
const itemCall = { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' }
const itemResult = { type: 'function_call_output', call_id: 'call_1', output: 'a stone' }
const reasoning = { type: 'reasoning', id: 'rs_1', encrypted_content: 'e', summary: [] }

const gemini = (contents: object[]) => ({ contents })
const partsAsked = { role: 'user', parts: [{ text: 'hi' }] }
const partsCall = { role: 'model', parts: [{ functionCall: { id: '1', name: 'look', args: {} } }] }
const partsResult = { role: 'user', parts: [{ functionResponse: { id: '1', name: 'look', response: {} } }] }

describe('a request that a vendor takes has no problems', () => {
  it.each<[Shape, object]>([
    ['anthropic', anthropic([asked])],
    ['anthropic', anthropic([asked, { role: 'assistant', content: [thought, call] }, result], on)],
    ['chat', chat([{ role: 'system', content: 'be' }, chatAsked])],
    ['chat', chat([chatAsked, { role: 'assistant', content: null, tool_calls: [chatCall('{}')] }, chatResult])],
    ['responses', responses([itemAsked])],
    ['responses', responses([itemAsked, reasoning, itemCall, itemResult])],
    ['gemini', gemini([partsAsked])],
    ['gemini', gemini([partsAsked, partsCall, partsResult, { role: 'user', parts: [{ text: 'and?' }] }])],
  ])('%s %#', (shape, body) => {
    expect(shapeProblems[shape](body)).toEqual([])
  })
})

describe('a request that a vendor refuses has the problem', () => {
  it.each<[Shape, string, object]>([
    ['anthropic', 'no messages', anthropic([])],
    ['anthropic', 'first message', anthropic([{ role: 'assistant', content: [say('a')] }, asked])],
    ['anthropic', 'prefill', anthropic([asked, { role: 'assistant', content: [say('a')] }])],
    ['anthropic', 'of its kind', anthropic([asked, asked])],
    ['anthropic', 'blank text', anthropic([{ role: 'user', content: [say(' ')] }])],
    ['anthropic', 'is empty', anthropic([{ role: 'user', content: [] }])],
    ['anthropic', 'were due', anthropic([asked, { role: 'assistant', content: [call] }, asked])],
    ['anthropic', 'were due', anthropic([asked, { role: 'assistant', content: [say('a')] }, result])],
    [
      'anthropic',
      'do not come first',
      anthropic([
        asked,
        { role: 'assistant', content: [call] },
        { role: 'user', content: [say('a'), ...result.content] },
      ]),
    ],
    [
      'anthropic',
      'without a signature',
      anthropic([asked, { role: 'assistant', content: [{ ...thought, signature: '' }, say('a')] }, asked]),
    ],
    ['anthropic', 'ends with thinking', anthropic([asked, { role: 'assistant', content: [thought] }, asked])],
    [
      'anthropic',
      'does not begin with thinking',
      anthropic([asked, { role: 'assistant', content: [call] }, result], on),
    ],
    ['anthropic', 'budget_tokens', anthropic([asked], { thinking: { type: 'enabled', budget_tokens: 4096 } })],
    [
      'anthropic',
      'at most 4',
      anthropic([{ role: 'user', content: Array.from({ length: 5 }, () => ({ ...say('a'), cache_control: {} })) }]),
    ],
    [
      'anthropic',
      'one name',
      anthropic([asked], { tools: Array.from({ length: 2 }, () => ({ name: 'a', input_schema: { type: 'object' } })) }),
    ],
    ['anthropic', 'max_tokens', { messages: [asked] }],
    ['chat', 'is the assistant', chat([chatAsked, { role: 'assistant', content: 'a' }])],
    ['chat', 'is empty', chat([chatAsked, { role: 'assistant', content: '' }, chatAsked])],
    ['chat', 'before the results', chat([chatAsked, { role: 'assistant', tool_calls: [chatCall('{}')] }, chatAsked])],
    ['chat', 'answers call_1', chat([chatAsked, chatResult])],
    ['chat', 'is no object', chat([chatAsked, { role: 'assistant', tool_calls: [chatCall('[]')] }, chatResult])],
    ['chat', 'no call id', chat([chatAsked, { role: 'assistant', tool_calls: [chatCall('{}', 'x'.repeat(41))] }])],
    [
      'chat',
      'used before',
      chat([chatAsked, { role: 'assistant', tool_calls: [chatCall('{}'), chatCall('{}')] }, chatResult]),
    ],
    ['chat', 'not the first', chat([chatAsked, { role: 'system', content: 'be' }])],
    ['chat', 'both its names', chat([chatAsked], { max_tokens: 1, max_completion_tokens: 1 })],
    ['chat', 'empty list of tools', chat([chatAsked], { tools: [] })],
    ['responses', 'would store it', { model: 'm', input: [itemAsked] }],
    ['responses', 'not stored', responses([{ type: 'item_reference', id: 'm1' }, itemAsked])],
    [
      'responses',
      'no encrypted content',
      responses([itemAsked, { ...reasoning, encrypted_content: null }, itemCall, itemResult]),
    ],
    ['responses', 'that it led to', responses([itemAsked, reasoning, itemAsked])],
    ['responses', 'comes twice', responses([itemAsked, reasoning, reasoning, itemCall, itemResult])],
    ['responses', 'without a result', responses([itemAsked, itemCall])],
    ['responses', 'before the results', responses([itemAsked, itemCall, itemAsked])],
    ['responses', 'answers call_1', responses([itemAsked, itemResult])],
    ['gemini', 'first content', gemini([partsCall, partsResult])],
    ['gemini', 'were due', gemini([partsAsked, partsCall, partsAsked])],
    ['gemini', 'were due', gemini([partsAsked, partsResult])],
    [
      'gemini',
      'of its kind',
      gemini([
        partsAsked,
        { role: 'model', parts: [{ text: 'a' }] },
        { role: 'model', parts: [{ text: 'b' }] },
        partsAsked,
      ]),
    ],
    ['gemini', 'is empty', gemini([{ role: 'user', parts: [] }])],
    ['gemini', 'blank text', gemini([{ role: 'user', parts: [{ text: '' }] }])],
    ['gemini', 'a part holds nothing', gemini([{ role: 'user', parts: [{}] }])],
    [
      'gemini',
      'is no name',
      gemini([partsAsked, { role: 'model', parts: [{ functionCall: { name: '1a', args: {} } }] }]),
    ],
  ])('%s: %s %#', (shape, problem, body) => {
    expect(shapeProblems[shape](body).join('\n')).toContain(problem)
  })
})
