import type { Inbound, LedgerRecord, MethodName, MethodParams, MethodResult } from '@openclaw/protocol'
import type { Access } from '../access/access.ts'
import type { OwnerChat } from '../access/owner-chat.ts'
import { openCommands } from '../commands/open.ts'
import { openTell } from '../commands/tell.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Router } from '../router/router.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Runner } from '../runs/runner.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { openChanges } from './changes.ts'
import { receiveInbound } from './inbound.ts'

/** The way of everything that comes from channels: messages, commands, and changes of earlier messages. */
export function openInbound(parts: {
  platform: Platform
  ledger: Ledger
  sessions: Sessions
  access: Access
  ownerChat: OwnerChat
  plugins: Plugins
  runner(): Runner
  router(): Router
  agentName(agent: string): string
  /** Calls a method as the owner. */
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>
  accept(asked: Asked): Promise<Accepted>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
  signal: AbortSignal
}): (channel: string, account: string, event: Inbound) => Promise<void> {
  const tell = openTell(parts)
  const lanes = () => parts.runner().lanes
  const commands = openCommands({
    call: parts.call,
    agentName: parts.agentName,
    running: (session) => lanes().running(session) !== undefined,
    waiting: (session) => lanes().waiting(session),
    tell,
  })
  const changes = openChanges({
    sessions: parts.sessions,
    lanes,
    forget: (accepts, reason) => parts.runner().cancel(accepts, reason, { silent: true }),
  })
  return receiveInbound({ ...parts, commands, changes, tell })
}
