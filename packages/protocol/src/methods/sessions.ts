import Type from 'typebox'
import { Settings } from '../journal.ts'
import { OnOff, Peer, QueueMode, Thinking, Usage } from '../values.ts'
import { closed, IdempotencyKey, method, ok, SessionKey } from './table.ts'

const message = Type.String({ minLength: 1, maxLength: 100_000 })
const given = Type.Object({
  run: Type.String({ description: 'Id of the accepted task.' }),
  session: SessionKey,
  repeated: Type.Boolean({ description: 'True when this key had been accepted before.' }),
})

export const SessionInfo = Type.Object({
  key: SessionKey,
  agent: Type.String(),
  channel: Type.String(),
  account: Type.String(),
  peer: Type.Optional(Peer),
  title: Type.String({ description: 'The given title, else the first words said in it.' }),
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
  lines: Type.Integer(),
  bytes: Type.Integer(),
  damaged: Type.Integer(),
  running: Type.Boolean(),
  settings: Settings,
  usage: Usage,
  file: Type.String(),
})

export const Verification = Type.Object({
  key: Type.Optional(SessionKey),
  file: Type.String(),
  lines: Type.Integer(),
  intact: Type.Integer(),
  erased: Type.Integer(),
  newer: Type.Integer({ description: 'Lines of a newer version, kept and passed over.' }),
  damaged: Type.Array(Type.Object({ line: Type.Integer(), offset: Type.Integer(), reason: Type.String() })),
  gaps: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
})

export const sessionMethods = {
  'sessions.list': method(
    'read',
    'Sessions, last used first.',
    closed({
      agent: Type.Optional(Type.String()),
      channel: Type.Optional(Type.String()),
      below: Type.Optional(Type.String({ maxLength: 16384, description: 'Only the sub-agents below this session.' })),
      search: Type.Optional(Type.String({ maxLength: 200, description: 'Words in the title or in what was said.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    Type.Object({ sessions: Type.Array(SessionInfo), total: Type.Integer() }),
  ),
  'sessions.spawn': method(
    'write',
    'Give a task to a new sub-agent of the calling run. Answers when it is durable; the result comes as a message.',
    closed({
      message,
      label: Type.Optional(Type.String({ maxLength: 100, description: 'What the task is called.' })),
      agent: Type.Optional(
        Type.String({
          description: 'The agent that does it, as `subagents.allowAgents` allows; the own one when absent.',
        }),
      ),
      model: Type.Optional(Type.String()),
      thinking: Type.Optional(Thinking),
      idempotencyKey: IdempotencyKey,
    }),
    given,
  ),
  'sessions.send': method(
    'write',
    'Say something to a sub-agent below the calling run: to be done after what it does, or meanwhile when it can be steered.',
    closed({ session: SessionKey, message, idempotencyKey: IdempotencyKey }),
    given,
  ),
  'sessions.get': method('read', 'One session.', closed({ session: SessionKey }), SessionInfo),
  'sessions.patch': method(
    'write',
    'Set title, model, thinking, queue mode, verbosity or pinned notes of a session; null clears.',
    closed({
      session: SessionKey,
      title: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
      model: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      thinking: Type.Optional(Type.Union([Type.Enum(['off', 'low', 'medium', 'high']), Type.Null()])),
      queue: Type.Optional(Type.Union([QueueMode, Type.Null()])),
      verbose: Type.Optional(Type.Union([OnOff, Type.Null()])),
      pins: Type.Optional(Type.Union([Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 50 }), Type.Null()])),
    }),
    SessionInfo,
  ),
  'sessions.reset': method(
    'write',
    'Begin anew in the same journal: what was said stays in the file and leaves the context.',
    closed({
      session: SessionKey,
      settings: Type.Optional(
        Type.Enum(['keep', 'forget'], { default: 'keep', description: 'Its model, thinking level and queue mode.' }),
      ),
    }),
    SessionInfo,
  ),
  'sessions.compact': method(
    'write',
    'Replace the older part of the context by a summary; the journal keeps every line.',
    closed({
      session: SessionKey,
      instructions: Type.Optional(Type.String()),
      undo: Type.Optional(
        Type.Boolean({ description: 'Take the last summary back: what it stands for is live again.' }),
      ),
    }),
    Type.Object({
      compacted: Type.Boolean(),
      summary: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    }),
  ),
  'sessions.delete': method('admin', 'Delete a session and its journal file.', closed({ session: SessionKey }), ok),
  'sessions.erase': method(
    'admin',
    "Replace bodies by their digests, visibly: a person's right. The file still verifies.",
    closed({
      session: SessionKey,
      lines: Type.Optional(Type.Array(Type.String(), { description: 'Ids of lines; all when absent.' })),
    }),
    Type.Object({ erased: Type.Integer() }),
  ),
  'sessions.verify': method(
    'read',
    'Check every line of one journal, or of all.',
    closed({ session: Type.Optional(SessionKey) }),
    Type.Object({ whole: Type.Boolean(), journals: Type.Array(Verification) }),
  ),
}
