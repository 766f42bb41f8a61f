import type { Inbound } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { readCommand } from '../src/command.ts'
import { decode } from '../src/decode.ts'
import { readEvent, type Reader } from '../src/inbound.ts'

const us = { user: 'U0US', bot: 'B0US', team: 'T1', name: 'openclaw' }
const reader: Reader = {
  us,
  commands: [{ name: 'status', about: '', role: 'member' }],
  nameOf: (id) => ({ U2: 'ben', C9: 'plans' })[id],
}
const ts = '1766750000.000100'
const said = { type: 'message', channel: 'C1', channel_type: 'channel', user: 'U1', text: 'hi', ts }

/** https://docs.slack.dev/reference/events/message and its subtypes. */
const read: readonly (readonly [string, object, Partial<Inbound>])[] = [
  [
    'a direct message',
    { ...said, channel: 'D1', channel_type: 'im' },
    { peer: { kind: 'direct', id: 'U1' }, mentioned: true },
  ],
  ['a channel', said, { peer: { kind: 'group', id: 'C1' }, team: 'T1', event: `C1:${ts}`, message: ts }],
  ['a private channel', { ...said, channel_type: 'group' }, { peer: { kind: 'group', id: 'C1' } }],
  ['a group of people', { ...said, channel: 'G1', channel_type: 'mpim' }, { peer: { kind: 'group', id: 'G1' } }],
  [
    'a thread',
    { ...said, thread_ts: '1766740000.000100', parent_user_id: 'U2' },
    { peer: { kind: 'group', id: 'C1', thread: '1766740000.000100' }, parent: 'C1' },
  ],
  ['the first message of a thread', { ...said, thread_ts: ts }, { peer: { kind: 'group', id: 'C1' } }],
  [
    'a thread of ours',
    { ...said, thread_ts: '1766740000.000100', parent_user_id: 'U0US' },
    { mentioned: true, text: 'hi' },
  ],
  ['a mention', { ...said, text: '<@U0US> what now?' }, { mentioned: true, text: 'what now?' }],
  ['a mention with a name', { ...said, text: 'hey <@U0US|openclaw>' }, { mentioned: true, text: 'hey' }],
  [
    'a mention as its own event',
    { ...said, type: 'app_mention', text: '<@U0US> hi' },
    { event: `C1:${ts}`, mentioned: true },
  ],
  ['a mention of somebody else', { ...said, text: '<@U2> <@U3> hi' }, { text: '@ben @U3 hi' }],
  ['a command in words', { ...said, text: '<@U0US> !status now' }, { text: '/status now' }],
  ['an exclamation', { ...said, text: '!statusquo' }, { text: '!statusquo' }],
  ['another program', { ...said, subtype: 'bot_message', bot_id: 'B2' }, { sender: { id: 'U1', bot: true } }],
  ['the time', said, { atMs: 1766750000000 }],
  [
    'files',
    {
      ...said,
      subtype: 'file_share',
      files: [
        { id: 'F1', name: 'a.png', mimetype: 'image/png', size: 5 },
        { id: 'F2', mode: 'tombstone' },
        { id: 'F3' },
      ],
    },
    {
      attachments: [
        { ref: 'slack:F1', name: 'a.png', mime: 'image/png', sizeBytes: 5 },
        { ref: 'slack:F3', mime: 'application/octet-stream' },
      ],
    },
  ],
  [
    'an edit',
    {
      type: 'message',
      subtype: 'message_changed',
      channel: 'C1',
      message: { user: 'U1', text: 'hello', ts, edited: { ts: '5.1' } },
      previous_message: { user: 'U1', text: 'helo', ts },
    },
    { kind: 'edit', message: ts, text: 'hello', event: `C1:${ts}:edit:5.1` },
  ],
  [
    'a deletion',
    {
      type: 'message',
      subtype: 'message_deleted',
      channel: 'C1',
      deleted_ts: ts,
      previous_message: { user: 'U1', ts },
    },
    { kind: 'delete', message: ts, event: `C1:${ts}:delete` },
  ],
  [
    'a reaction',
    {
      type: 'reaction_added',
      user: 'U1',
      reaction: '+1::skin-tone-3',
      item: { type: 'message', channel: 'D1', ts },
      event_ts: '9.5',
    },
    { kind: 'reaction', message: ts, text: '👍', peer: { kind: 'direct', id: 'U1' }, atMs: 9500 },
  ],
  [
    "a reaction of the workspace's own",
    {
      type: 'reaction_added',
      user: 'U1',
      reaction: 'shipit',
      item: { type: 'message', channel: 'C1', ts },
      event_ts: '9',
    },
    { text: ':shipit:' },
  ],
]

const ignored: readonly (readonly [string, object])[] = [
  ['our own words', { ...said, user: 'U0US' }],
  ["our own words by the bot's id", { ...said, user: 'U5', bot_id: 'B0US' }],
  ['who joins', { ...said, subtype: 'channel_join' }],
  ['a topic', { ...said, subtype: 'channel_topic' }],
  [
    'an unfurled link',
    { type: 'message', subtype: 'message_changed', channel: 'C1', message: { ...said }, previous_message: { ...said } },
  ],
  [
    'our own edit',
    {
      type: 'message',
      subtype: 'message_changed',
      channel: 'C1',
      message: { ...said, bot_id: 'B0US', text: 'b' },
      previous_message: { ...said, text: 'a' },
    },
  ],
  [
    'our own reaction',
    {
      type: 'reaction_added',
      user: 'U0US',
      reaction: 'x',
      item: { type: 'message', channel: 'C1', ts },
      event_ts: '9',
    },
  ],
  [
    'a reaction to a file',
    { type: 'reaction_added', user: 'U1', reaction: 'x', item: { type: 'file', file: 'F1' }, event_ts: '9' },
  ],
  ['what nobody knows', { type: 'star_collapsed' }],
  ['a message without anything', { type: 'message' }],
  ['an edit of nothing', { type: 'message', subtype: 'message_changed', channel: 'C1' }],
  ['a deletion of nothing', { type: 'message', subtype: 'message_deleted', channel: 'C1' }],
]

describe('reading events', () => {
  it.each(read)('reads %s', (_name, event, expected) => {
    expect(readEvent(event, reader)).toMatchObject(expected)
  })

  it.each(ignored)('leaves %s alone', (_name, event) => {
    expect(readEvent(event, reader)).toBeUndefined()
  })

  it('does not take words in a channel for words to us', () => {
    expect(readEvent(said, reader)).not.toHaveProperty('mentioned')
  })

  it('R3: gives a mention and its message one name, and each edit its own', () => {
    const mention = { ...said, text: '<@U0US> hi' }
    const [one, other] = [readEvent(mention, reader), readEvent({ ...mention, type: 'app_mention' }, reader)]
    expect(one?.event).toBe(other?.event)
    expect(one).toEqual(other)
  })

  it('S7: knows people by their id, whatever they call themselves', () => {
    const named = { ...said, username: 'U2', user_profile: { display_name: 'ben' } }
    expect(readEvent(named, reader)?.sender).toEqual({ id: 'U1' })
  })
})

describe('reading text', () => {
  it.each([
    ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
    ['&amp;lt;', '&lt;'],
    ['<https://a.example/x?y=1&amp;z=2>', 'https://a.example/x?y=1&z=2'],
    ['<http://a.example|a.example>', 'a.example'],
    ['<https://a.example|the page>', 'the page (https://a.example)'],
    ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
    ['<#C9> <#C8|random> <#C7>', '#plans #random #C7'],
    ['<!here> <!channel> <!everyone>', '@here @channel @everyone'],
    ['<!subteam^S1|@crew>', '@crew'],
    ['<!date^1392734382^{date}|18 February 2014>', '18 February 2014'],
    ['*bold* _slanted_ ~gone~ `code`', '*bold* _slanted_ ~gone~ `code`'],
    ['<>', '<>'],
  ])('reads %s', (text, expected) => {
    expect(decode(text, (id) => (id === 'C9' ? 'plans' : undefined))).toBe(expected)
  })
})

describe('reading slash commands', () => {
  const context = { us, commands: reader.commands, now: 7 }
  const typed = { user_id: 'U1', user_name: 'anna', channel_id: 'C1', trigger_id: 't1' }
  it.each([
    ['status', '/status'],
    ['/status', '/status'],
    ['  status  now ', '/status  now'],
    ['tell me a joke &amp; more', 'tell me a joke & more'],
    ['', '/help'],
  ])('takes "/openclaw %s" for "%s"', (text, expected) => {
    expect(readCommand({ ...typed, text }, context)).toMatchObject({
      text: expected,
      mentioned: true,
      peer: { kind: 'group', id: 'C1' },
      sender: { id: 'U1' },
      event: 'command:t1',
    })
  })

  it('answers in our own conversation when typed in a direct one', () => {
    expect(readCommand({ ...typed, channel_id: 'D7' }, context)?.peer).toEqual({ kind: 'direct', id: 'U1' })
  })

  it('leaves one that is not whole alone', () => {
    expect(readCommand({ text: 'status' }, context)).toBeUndefined()
  })
})
