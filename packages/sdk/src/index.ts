export * from './channel.ts'
export * from './gateway.ts'
export * from './provider.ts'
export * from './sandbox.ts'
export * from './scope.ts'
export * from './tool.ts'
export * from './turns.ts'
export { chatUrl, commandWords, failure, method, closed, pluginApi, Secret, toFailure } from '@openclaw/protocol'
export type {
  Address,
  Attachment,
  Choice,
  Content,
  Effect,
  ErrorCode,
  EventEnvelope,
  Failure,
  Inbound,
  Manifest,
  Outbound,
  Peer,
  Receipt,
  Right,
  Role,
  SandboxAnswer,
  SandboxInfo,
  SandboxMount,
  SandboxPlace,
  Sender,
  Thinking,
  Usage,
} from '@openclaw/protocol'
