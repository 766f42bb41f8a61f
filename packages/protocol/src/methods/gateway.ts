import Type from 'typebox'
import { EventEnvelope } from '../event-envelope.ts'
import { Right, Role } from '../values.ts'
import { closed, method, none } from './table.ts'
import { AccountStatus } from './channels.ts'

export const gatewayMethods = {
  connect: method(
    'read',
    'First frame of every socket: says who calls.',
    closed({
      kind: Type.Enum(['control', 'node']),
      protocol: Type.Optional(Type.Integer()),
      auth: Type.Optional(
        closed({
          token: Type.Optional(Type.String({ maxLength: 512 })),
          password: Type.Optional(Type.String({ maxLength: 512 })),
          link: Type.Optional(Type.String({ maxLength: 64, description: 'Code of a one-time link.' })),
        }),
      ),
      client: closed({
        name: Type.String({ maxLength: 100 }),
        version: Type.String({ maxLength: 50 }),
        platform: Type.Optional(Type.String({ maxLength: 50 })),
      }),
    }),
    Type.Object({
      protocol: Type.Integer(),
      version: Type.String(),
      epoch: Type.String({ description: 'A new one for each start of the gateway.' }),
      principal: Type.String(),
      role: Role,
      rights: Type.Array(Right),
      session: Type.String({ description: 'The session this principal talks in when it names none.' }),
      token: Type.Optional(Type.String({ description: 'Given once, for a one-time link.' })),
      maxFrameBytes: Type.Integer(),
    }),
  ),
  health: method(
    'read',
    'Whether the gateway takes and stores messages.',
    none,
    Type.Object({
      ready: Type.Boolean(),
      reason: Type.Optional(Type.String()),
      version: Type.String(),
      pid: Type.Integer(),
      uptimeMs: Type.Integer(),
      address: Type.String(),
    }),
  ),
  status: method(
    'read',
    'Gateway, agent process, accounts, owed work and problems in one answer.',
    none,
    Type.Object({
      version: Type.String(),
      pid: Type.Integer(),
      uptimeMs: Type.Integer(),
      address: Type.String(),
      home: Type.String(),
      auth: Type.String(),
      memoryMb: Type.Number(),
      agentProcess: Type.Object({
        state: Type.Enum(['starting', 'ready', 'parked', 'stopped', 'in-process']),
        pid: Type.Optional(Type.Integer()),
        restarts: Type.Integer(),
        reason: Type.Optional(Type.String()),
      }),
      model: Type.String(),
      accounts: Type.Array(AccountStatus),
      sessions: Type.Integer(),
      running: Type.Integer(),
      owed: Type.Object({
        accepts: Type.Integer(),
        handovers: Type.Integer({ description: 'Results of sub-agents that their parents have not got yet.' }),
        deliveries: Type.Integer(),
        held: Type.Integer({ description: 'Deliveries that wait for the owner to send or drop them.' }),
        dead: Type.Integer(),
        parked: Type.Integer({ description: 'Runs that wait for the owner to resume or drop them.' }),
        approvals: Type.Integer(),
        pairings: Type.Integer(),
      }),
      waits: Type.Optional(
        Type.String({ description: 'Why no channel connects: a restored home waits for `restore.finish`.' }),
      ),
      problems: Type.Array(Type.String()),
    }),
  ),
  'events.since': method(
    'read',
    'Events that a client missed, from a bounded window.',
    closed({
      session: Type.Optional(Type.String()),
      epoch: Type.String(),
      seq: Type.Integer({ description: 'The last one that was seen.' }),
    }),
    Type.Object({
      events: Type.Array(EventEnvelope),
      complete: Type.Boolean({ description: 'False: the window no longer reaches back; read the history again.' }),
    }),
  ),
  'logs.tail': method(
    'admin',
    'Lines of the log, newest last. Logs hold no message text.',
    closed({
      cursor: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
    }),
    Type.Object({ cursor: Type.String(), lines: Type.Array(Type.String()) }),
  ),
}
