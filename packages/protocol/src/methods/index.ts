import { accessMethods } from './access.ts'
import { agentMethods } from './agents.ts'
import { backupMethods } from './backup.ts'
import { channelMethods } from './channels.ts'
import { chatMethods } from './chat.ts'
import { configMethods } from './config.ts'
import { gatewayMethods } from './gateway.ts'
import { messageMethods } from './messages.ts'
import { runMethods } from './runs.ts'
import { sessionMethods } from './sessions.ts'
import { sandboxMethods } from './sandbox.ts'
import { toolMethods } from './tools.ts'
import { usageMethods } from './usage.ts'
import type { Params, Result } from './table.ts'

/**
 * Every method of the gateway. One row gives server validation, handler types, client types and the docs.
 * Plugins add rows of their own under their id.
 */
export const methods = {
  ...gatewayMethods,
  ...chatMethods,
  ...messageMethods,
  ...sessionMethods,
  ...runMethods,
  ...toolMethods,
  ...usageMethods,
  ...channelMethods,
  ...accessMethods,
  ...agentMethods,
  ...configMethods,
  ...backupMethods,
  ...sandboxMethods,
} as const
export type Methods = typeof methods
export type MethodName = keyof Methods
export type MethodParams<M extends MethodName> = Params<Methods[M]>
export type MethodResult<M extends MethodName> = Result<Methods[M]>

export { closed, method, type Method, type MethodTable, type Params, type Result } from './table.ts'
export { SessionInfo, Verification } from './sessions.ts'
export { Approval, PairingRequest, RefusedGroup, TokenInfo } from './access.ts'
export { BackupInfo } from './backup.ts'
export { ModelInfo, ModelOffer, SkillInfo } from './agents.ts'
export { AccountStatus, ChannelState, DeliveryInfo, Probe } from './channels.ts'
export { PluginInfo } from './config.ts'
export { Spent } from './usage.ts'
