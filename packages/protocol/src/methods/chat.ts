import Type from 'typebox'
import { Failure } from '../errors.ts'
import { WireLine } from '../journal.ts'
import { Address, Attachment, Thinking, Usage } from '../values.ts'
import { closed, IdempotencyKey, method, SessionKey } from './table.ts'

const message = Type.String({ maxLength: 1_000_000 })
const started = Type.Object({
  run: Type.String({ description: 'Id of the accepted message; `agent.wait` takes it.' }),
  session: SessionKey,
  line: Type.String({ description: 'Id of the journal line that holds the message.' }),
  repeated: Type.Boolean({ description: 'True when this key had been accepted before.' }),
})
const outcome = Type.Object({
  run: Type.String(),
  session: SessionKey,
  status: Type.Enum(['answered', 'failed', 'aborted', 'interrupted', 'pending']),
  text: Type.Optional(Type.String()),
  failure: Type.Optional(Failure),
  usage: Type.Optional(Usage),
})

export const chatMethods = {
  'chat.send': method(
    'write',
    'Say something in a session. Answers when the message is durable; the run streams as events.',
    closed({
      session: Type.Optional(SessionKey),
      message,
      attachments: Type.Optional(
        Type.Array(
          closed({ name: Type.String(), mime: Type.String(), data: Type.String({ description: 'Base64.' }) }),
          { maxItems: 20 },
        ),
      ),
      model: Type.Optional(Type.String()),
      thinking: Type.Optional(Thinking),
      idempotencyKey: IdempotencyKey,
    }),
    started,
  ),
  'chat.history': method(
    'read',
    'Lines of a session, newest page first asked, in order of sequence.',
    closed({
      session: SessionKey,
      before: Type.Optional(Type.Integer({ description: 'Only lines with a smaller sequence.' })),
      after: Type.Optional(Type.Integer({ description: 'Only lines with a larger sequence.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    Type.Object({ lines: Type.Array(WireLine), more: Type.Boolean(), running: Type.Array(Type.String()) }),
  ),
  'chat.abort': method(
    'write',
    'Stop what a session is doing, within two seconds.',
    closed({ session: SessionKey, run: Type.Optional(Type.String()) }),
    Type.Object({ aborted: Type.Array(Type.String()) }),
  ),
  'chat.inject': method(
    'admin',
    'Put a note of the assistant into a session without a run.',
    closed({ session: SessionKey, message, label: Type.Optional(Type.String()), idempotencyKey: IdempotencyKey }),
    Type.Object({ line: Type.String() }),
  ),
  agent: method(
    'write',
    'Start a run, in a session or in a new one of an agent, optionally delivering its answer to a peer.',
    closed({
      message,
      session: Type.Optional(SessionKey),
      agent: Type.Optional(Type.String()),
      model: Type.Optional(Type.String()),
      thinking: Type.Optional(Thinking),
      deliver: Type.Optional(Address),
      reply: Type.Optional(
        Type.String({ description: 'Deliver the answer to the peer of this session; a local one has none.' }),
      ),
      role: Type.Optional(
        Type.Enum(['owner', 'member', 'guest'], {
          description:
            "For whom it is asked: the run has at most this role. Below the caller's, the peer of the session counts as who wrote it.",
        }),
      ),
      idempotencyKey: IdempotencyKey,
    }),
    started,
  ),
  'agent.wait': method(
    'read',
    'Wait for a run to end; answers `pending` when the time is over first.',
    closed({ run: Type.String(), timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })) }),
    outcome,
  ),
  send: method(
    'write',
    'Send a text to a peer of a channel, without an agent.',
    closed({
      to: Address,
      message,
      attachments: Type.Optional(Type.Array(Attachment)),
      replyTo: Type.Optional(Type.String()),
      idempotencyKey: IdempotencyKey,
    }),
    Type.Object({ delivery: Type.String(), repeated: Type.Boolean() }),
  ),
}
